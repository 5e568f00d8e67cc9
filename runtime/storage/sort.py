"""Sorting: what a list is ordered by, and what comes before or behind a place in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
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
from runtime.fields.base import FieldType
from runtime.model.catalog import Catalog, Field, Path, SortKey
from runtime.storage.cells import DEEPEST, attribute_values
from runtime.storage.errors import UnsortableError
from runtime.storage.joins import Joins
from runtime.storage.order import joined_text, literal_text, order_of

NEVER_EMPTY = frozenset({"id", "version", "created_at", "updated_at"})
"""Fields that every record has filled in by itself."""


@dataclass(frozen=True, slots=True)
class SortColumn:
    """One key of an order in SQL; ``nullable`` where it may be empty.

    ``through`` are the relations to the one record that has it, () for the list's own record.
    """

    column: ColumnElement[Any]
    descending: bool
    nullable: bool
    through: tuple[tuple[Field, ...], str] | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A list's order: its keys, then the id in the direction of the first key. Empties come last, both
    ways.
    """

    keys: tuple[SortColumn, ...]
    id: ColumnElement[Any]
    descending: bool

    @property
    def split(self) -> bool:
        """Whether the records without the first key are a part of their own, behind all others.

        Read apart, both parts come out of an index in their order, in either direction and on both databases.
        """
        return bool(self.keys) and self.keys[0].nullable

    def part(self, present: bool) -> list[ColumnElement[bool]]:
        """The condition of a part: the records that have the first key, or those that have not."""
        if not self.split:
            return []
        first = self.keys[0].column
        return [first.is_not(None) if present else first.is_(None)]

    def near(self, present: bool) -> tuple[tuple[Field, ...], str] | None:
        """The relations whose records must be there for a record to be in this part, and the last one's
        module.
        """
        return self.keys[0].through if self.split and present else None

    def by(self, present: bool, backwards: bool) -> list[ColumnElement[Any]]:
        """What to order a part by."""
        keys = self.keys if present or not self.split else self.keys[1:]
        ordered: list[ColumnElement[Any]] = []
        for index, key in enumerate(keys):
            falling = key.descending != backwards
            column = key.column.desc() if falling else key.column.asc()
            if key.nullable and not (index == 0 and present and self.split):
                column = column.nulls_first() if backwards else column.nulls_last()
            ordered.append(column)
        ordered.append(self.id.desc() if self.descending != backwards else self.id.asc())
        return ordered

    def beyond(self, empties: Sequence[bool], backwards: bool) -> ColumnElement[bool]:
        """The records behind a place (``backwards``: before it), within the place's own part.

        ``empties`` tells which of the place's keys are empty; the others are the parameters ``key_0``,
        ``key_1`` … and the id is ``key_id``.
        """
        falling = self.descending != backwards
        mark_id = bindparam("key_id", required=False, type_=BigInteger)
        keys = list(enumerate(self.keys))
        if self.split and empties[0]:
            keys = keys[1:]
        index, key = keys[0] if keys else (0, None)
        plain = len(keys) == 1 and key is not None and key.through is None
        if plain and key is not None and not empties[index] and not self._open(key, index):
            place = tuple_(_mark(index, key), mark_id)
            here = tuple_(key.column, self.id)
            return here < place if falling else here > place
        behind: ColumnElement[bool] = self.id < mark_id if falling else self.id > mark_id
        for index, key in reversed(keys):
            behind = self._step(index, key, empties[index], backwards, behind)
        if keys and keys[0][0] == 0 and not empties[0] and self.split:
            mark = _mark(0, self.keys[0])  # says nothing new, but an index can be entered by it
            first = self.keys[0]
            near = first.column <= mark if first.descending != backwards else first.column >= mark
            return and_(near, behind)
        return behind

    def _open(self, key: SortColumn, index: int) -> bool:
        # Whether empties of this key lie in the same part as its values.
        return key.nullable and not (index == 0 and self.split)

    def _step(
        self, index: int, key: SortColumn, empty: bool, backwards: bool, behind: ColumnElement[bool]
    ) -> ColumnElement[bool]:
        column, falling = key.column, key.descending != backwards
        if empty:
            same = and_(column.is_(None), behind)
            return or_(column.is_not(None), same) if backwards else same
        mark = _mark(index, key)
        further = [column < mark if falling else column > mark]
        if self._open(key, index) and not backwards:
            further.append(column.is_(None))
        return or_(*further, and_(column == mark, behind))


def _mark(index: int, key: SortColumn) -> ColumnElement[Any]:
    return bindparam(f"key_{index}", required=False, type_=key.column.type)


def _through(fields: tuple[Field, ...]) -> tuple[tuple[Field, ...], str] | None:
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
            fields = each.path.fields
            if len(fields) == 1 and fields[0].key == "id":
                return Order(tuple(keys), own, keys[0].descending if keys else each.descending)
            column = self._column(fields, each.path.attribute, 0)
            always = len(fields) == 1 and fields[0].key in NEVER_EMPTY
            keys.append(SortColumn(column, each.descending, not always, _through(fields)))
        return Order(tuple(keys), own, keys[0].descending if keys else True)

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
            return self._joins.id(self._joins.table(fields, module), module)
        if len(parts) == 1:
            path = parts[0][1]
            return self._column((*fields, *path.fields), path.attribute, deep + 1)
        texts = [
            (before, self._joins.columns((*fields, *path.fields))[0])
            for before, path in parts
            if path.field.type == "text"
        ]
        return joined_text(texts) if texts else self._joins.id(self._joins.table(fields, module), module)


def ranked(values: Mapping[str, Any]) -> list[Any]:
    """The values of a picklist's attribute, each once, in their order."""
    return sorted({value for value in values.values() if value is not None})


def by_attribute(column: ColumnElement[Any], values: Mapping[str, Any]) -> ColumnElement[Any]:
    """The rank of a picklist field's attribute among :func:`ranked`."""
    ranks = {value: rank for rank, value in enumerate(ranked(values))}
    cases = [
        (column == literal_text(key), literal_column(str(ranks[value]), Integer))
        for key, value in values.items()
        if value is not None
    ]
    return case(*cases) if cases else literal_column("NULL", Integer)
