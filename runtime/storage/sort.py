"""Sorting: what a list is ordered by, and what comes before or behind a place in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnClause,
    ColumnElement,
    Integer,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    tuple_,
)

from runtime.base.registry import Registry
from runtime.expressions.renamed import stored_text
from runtime.fields.base import FieldType
from runtime.model.catalog import Catalog, Field, Path, SortKey
from runtime.storage.cells import DEEPEST, attribute_values
from runtime.storage.errors import UnsortableError
from runtime.storage.joins import Joins
from runtime.storage.order import joined_text, literal_text, order_of

NEVER_EMPTY = frozenset({"id", "version", "created_at", "updated_at"})
"""Fields that every record has filled in by itself."""


Way = tuple[tuple[Field, ...], str]
"""Relations to walk, and the module that the last of them leads to."""


@dataclass(frozen=True, slots=True)
class SortColumn:
    """One key of an order in SQL; ``nullable`` where it may be empty.

    ``way`` leads to the one record that has it, None where that is the list's own record (or one of several
    modules). ``link`` is the list's own column that names that record, when it is only one relation away.
    """

    column: ColumnElement[Any]
    descending: bool
    nullable: bool
    way: Way | None = None
    link: ColumnElement[Any] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of an order that is read by a statement of its own.

    ``where`` tells its records from the others', ``keys`` are those that still tell them apart (with their
    places in the order), and ``way`` is what must lead somewhere from each. ``sure``: the first key is never
    empty here.
    """

    where: tuple[ColumnElement[bool], ...]
    keys: tuple[tuple[int, SortColumn], ...]
    way: Way | None
    sure: bool


@dataclass(frozen=True, slots=True)
class Order:
    """A list's order: its keys, then the id in the direction of the first key.

    Empties come last, both ways.
    """

    keys: tuple[SortColumn, ...]
    id: ColumnElement[Any]
    descending: bool
    parts: tuple[Part, ...]

    def by(self, part: Part, backwards: bool) -> list[ColumnElement[Any]]:
        """What to order a part by."""
        ordered: list[ColumnElement[Any]] = []
        for index, key in part.keys:
            falling = key.descending != backwards
            column = key.column.desc() if falling else key.column.asc()
            if _has_empties(part, index, key):
                column = column.nulls_first() if backwards else column.nulls_last()
            ordered.append(column)
        ordered.append(self.id.desc() if self.descending != backwards else self.id.asc())
        return ordered

    def beyond(self, part: Part, empties: Sequence[bool], backwards: bool) -> list[ColumnElement[bool]]:
        """The records of a part that are behind a place in it (``backwards``: before it).

        ``empties`` tells which of the place's keys are empty; the others are the parameters ``key_0``,
        ``key_1`` … and the id is ``key_id``.
        """
        falling = self.descending != backwards
        mark_id = bindparam("key_id", required=False, type_=BigInteger)
        behind: ColumnElement[bool] = self.id < mark_id if falling else self.id > mark_id
        if not part.keys:
            return [*part.where, behind]
        index, first = part.keys[0]
        if not part.sure or empties[index]:
            return [*part.where, self._behind(part, empties, backwards, behind)]
        mark = _mark(index, first)  # who is behind it has the key, so an index can be entered here
        if len(part.keys) == 1 and isinstance(first.column, ColumnClause) and first.way is None:
            here, place = tuple_(first.column, self.id), tuple_(mark, mark_id)
            return [here < place if falling else here > place]
        near = first.column <= mark if first.descending != backwards else first.column >= mark
        return [near, self._behind(part, empties, backwards, behind)]

    def _behind(
        self, part: Part, empties: Sequence[bool], backwards: bool, behind: ColumnElement[bool]
    ) -> ColumnElement[bool]:
        # From the last key to the first: further along in this key, or level in it and behind in the next.
        for index, key in reversed(part.keys):
            column, falling = key.column, key.descending != backwards
            if empties[index]:
                level = and_(column.is_(None), behind)
                behind = or_(column.is_not(None), level) if backwards else level
                continue
            mark = _mark(index, key)
            further = [column < mark if falling else column > mark]
            if _has_empties(part, index, key) and not backwards:
                further.append(column.is_(None))
            behind = or_(*further, and_(column == mark, behind))
        return behind


def in_parts(keys: tuple[SortColumn, ...]) -> tuple[Part, ...]:
    """The parts of an order: the records that have the first key, then those that have not.

    Read apart, each comes out of an index in its order, in either direction and on both databases. Records
    without the key because they have no related record at all come last, for an index finds them, too.
    """
    left = tuple(enumerate(keys))
    if not keys or not keys[0].nullable:
        return (Part((), left, None, sure=True),)
    first = keys[0]
    present = Part((first.column.is_not(None),), left, first.way, sure=True)
    if first.link is None:
        return present, Part((first.column.is_(None),), left[1:], None, sure=False)
    nameless = Part((first.column.is_(None),), left[1:], first.way, sure=False)
    return present, nameless, Part((first.link.is_(None),), left[1:], None, sure=False)


def _has_empties(part: Part, index: int, key: SortColumn) -> bool:
    return key.nullable and not (part.sure and index == 0)


def _mark(index: int, key: SortColumn) -> ColumnElement[Any]:
    return bindparam(f"key_{index}", required=False, type_=key.column.type)


def _way(fields: tuple[Field, ...]) -> Way | None:
    last = fields[-1]
    if len(last.targets) == 1:
        return fields, last.targets[0]
    return (fields[:-1], last.module) if len(fields) > 1 and not last.targets else None


class OrderMaker:
    """Makes the order of a list from its sort keys."""

    def __init__(self, catalog: Catalog, types: Registry[FieldType], joins: Joins) -> None:
        self._catalog = catalog
        self._types = types
        self._joins = joins

    def order(self, sort: Sequence[SortKey], module: str) -> Order:
        """The order; without keys the newest record comes first. Raises :class:`UnsortableError`."""
        own = self._joins.id(self._joins.root, module)
        keys: list[SortColumn] = []
        for each in sort:
            if len(each.path.fields) == 1 and each.path.field.key == "id":
                descending = keys[0].descending if keys else each.descending
                break  # no two records have the same, so nothing behind it says anything
            keys.append(self._key(each))
        else:
            descending = keys[0].descending if keys else True
        return Order(tuple(keys), own, descending, in_parts(tuple(keys)))

    def _key(self, key: SortKey) -> SortColumn:
        fields = key.path.fields
        column = self._column(fields, key.path.attribute, 0)
        if len(fields) == 1 and fields[0].key in NEVER_EMPTY:
            return SortColumn(column, key.descending, nullable=False)
        if fields[-1].is_virtual:  # where its path leads nowhere, it may still say something
            return SortColumn(column, key.descending, True)
        if any(self._joins.is_guarded(fields[: depth + 1]) for depth in range(len(fields))):
            return SortColumn(column, key.descending, True)
        way = _way(fields)
        near = way is not None and len(way[0]) == 1 and len(fields[0].targets) == 1
        link = self._joins.columns(fields[:1])[0] if near else None
        return SortColumn(column, key.descending, True, way, link)

    def column(self, path: Path) -> ColumnElement[Any]:
        """What a path sorts by. Raises :class:`UnsortableError`."""
        return self._column(path.fields, path.attribute, 0)

    def _column(self, fields: tuple[Field, ...], attribute: str | None, deep: int) -> ColumnElement[Any]:
        field = fields[-1]
        if not self._types[field.type].sortable or self._types[field.type].linked:
            raise UnsortableError(f'"{".".join(each.key for each in fields)}" has no order to sort by.')
        if field.targets:
            found = [self._title(fields, module, deep) for module in field.targets]
            # A relation to several modules: of these titles one is there.
            return found[0] if len(found) == 1 else func.coalesce(*found)
        column = self._joins.columns(fields)[0]
        if attribute is not None:
            return by_attribute(column, attribute_values(field, attribute, self._catalog.picklists))
        return order_of(field, column, self._catalog.picklists)

    def _title(self, fields: tuple[Field, ...], module: str, deep: int) -> ColumnElement[Any]:
        # A related record sorts by what it is called.
        parts = self._catalog.modules[module].title.parts
        if deep >= DEEPEST or not parts:
            return self._joins.seen_id(fields, module)
        if len(parts) == 1:
            path = parts[0][1]
            return self._column((*fields, *path.fields), path.attribute, deep + 1)
        texts = [
            (before, self._joins.columns((*fields, *path.fields))[0])
            for before, path in parts
            if path.field.type == "text"
        ]
        return joined_text(texts) if texts else self._joins.seen_id(fields, module)


def ranked(values: Mapping[str, Any]) -> list[Any]:
    """The values of a picklist's attribute, each once, in their order."""
    return sorted({value for value in values.values() if value is not None})


def by_attribute(column: ColumnElement[Any], values: Mapping[str, Any]) -> ColumnElement[Any]:
    """The rank of a picklist field's attribute among :func:`ranked`."""
    ranks = {value: rank for rank, value in enumerate(ranked(values))}
    cases = [
        (column == literal_text(stored_text(column.type, key)), literal_column(str(ranks[value]), Integer))
        for key, value in values.items()
        if value is not None
    ]
    return case(*cases) if cases else literal_column("NULL", Integer)
