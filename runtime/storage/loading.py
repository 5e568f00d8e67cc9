"""Loading records as plain data for whole batches: what the writer and the expressions work on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, tuple_

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.model.catalog import Catalog, Field, Path
from runtime.model.values import Link
from runtime.storage.conditions import among, id_list
from runtime.storage.converting import Selection
from runtime.storage.joins import Joins
from runtime.storage.prepared import Given, Prepared
from runtime.storage.remembered import Remembered
from runtime.storage.tables import Tables, link_attributes, link_columns

Records = dict[int, dict[str, Any]]
"""Plain records by id: each field's canonical value by its key; a relation is an id, links are a tuple of
Link.
"""

CHUNK = 400
"""How many values one statement of :meth:`Loader.match` looks for."""


@dataclass(frozen=True, slots=True)
class Parted:
    """Where the parts of a field's value are among a statement's columns."""

    keys: tuple[str, ...]
    places: tuple[int, ...]
    kind: FieldType


class Loader:
    """Loads records of one snapshot by their ids; one statement for a batch of any size, and one a linked
    field.
    """

    def __init__(self, catalog: Catalog, tables: Tables, types: Registry[FieldType]) -> None:
        self._catalog = catalog
        self._tables = tables
        self._types = types
        self._remembered = Remembered()

    def load(
        self,
        connection: Connection,
        module: str,
        ids: Sequence[int],
        fields: Iterable[str] | None = None,
        lock: bool = False,
    ) -> Records:
        """Records with these fields (all that are stored, for None) and their ``id``; the deleted ones too.

        An id that no record of the module has is left out. ``lock`` keeps others from writing them until the
        transaction ends, in the order of the ids, so that two writers never wait for each other.
        """
        known = self._catalog.modules[module]
        keys = (field.key for field in known.all_fields()) if fields is None else dict.fromkeys(fields)
        wanted = [field for key in keys if (field := known.field(key)) is not None]
        own = tuple(field for field in wanted if not (self._types[field.type].linked or field.is_virtual))
        loaded = self._own(connection, module, ids, own, lock)
        for field in wanted:
            if self._types[field.type].linked:
                links = self.links(connection, module, field.key, list(loaded))
                for id_, record in loaded.items():
                    record[field.key] = links.get(id_, ())
        return loaded

    def load_paths(
        self, connection: Connection, module: str, ids: Sequence[int], paths: Iterable[Path]
    ) -> Records:
        """Records as nested plain data, with what an expression reads: ``{"id": 1, "account": {"id": 2,
        "city": …}}``.

        A relation that is walked is a mapping (None where it is empty), one that is only read is the id. What
        leads through links, or ends in them, is given as a tuple of ids.
        """
        whole = map(self._whole, paths)
        wanted = {(tuple(each.key for each in path.fields), path.field.module): path for path in whole}
        ordered = [wanted[name] for name in sorted(wanted)]
        prepared, parted = self._remembered.keep(
            ("paths", module, tuple(sorted(wanted))), lambda: self._prepare_paths(connection, module, ordered)
        )
        given = prepared.run(connection, {"ids": id_list(ids, self._tables.dialect)})
        records: Records = {}
        for row in range(len(given[0]) if given else 0):
            record: dict[str, Any] = {"id": given[0][row]}
            for part in parted:
                _put(record, part, tuple(given[place][row] for place in part.places))
            records[record["id"]] = record
        for path in ordered:
            if self._types[path.field.type].linked:
                self._put_links(connection, path, records)
        return records

    def _whole(self, path: Path) -> Path:
        # A part of a composite field is read with the whole of it.
        field = self._catalog.modules[path.field.module].field(path.field.whole)
        return path if field is None else Path(path.text, (*path.hops, field), path.attribute)

    def _put_links(self, connection: Connection, path: Path, records: Records) -> None:
        owners: dict[int, list[dict[str, Any]]] = {}
        for record in records.values():
            here = record
            for hop in path.hops:
                here = here[hop.key]
            here[path.field.key] = ()
            if here["id"] is not None:
                owners.setdefault(here["id"], []).append(here)
        found = self.links(connection, path.field.module, path.field.key, list(owners))
        for owner, links in found.items():
            for here in owners[owner]:
                here[path.field.key] = tuple(link.id for link in links)

    def links(
        self, connection: Connection, module: str, field: str, ids: Sequence[int]
    ) -> Mapping[int, tuple[Link, ...]]:
        """The links of a field, in order, with their attributes; those to deleted records too."""
        if not ids:
            return MappingProxyType({})
        prepared, attributes = self._remembered.keep(
            ("links", module, field), lambda: self._prepare_links(connection, module, field)
        )
        given = prepared.run(connection, {"ids": id_list(ids, self._tables.dialect)})
        found: dict[int, list[Link]] = {}
        for row in range(len(given[0]) if given else 0):
            values = {
                part.keys[0]: part.kind.from_columns(tuple(given[place][row] for place in part.places))
                for part in attributes
            }
            found.setdefault(given[0][row], []).append(Link(given[1][row], MappingProxyType(values)))
        return {id_: tuple(links) for id_, links in found.items()}

    def match(
        self, connection: Connection, module: str, fields: Sequence[str], values: Sequence[tuple[object, ...]]
    ) -> dict[tuple[object, ...], tuple[int, ...]]:
        """The live records that have these canonical values in these fields, by the values; exactly the same
        ones.

        A tuple has a value for each field, in their order. One statement looks for 400 of them.
        """
        known = self._catalog.modules[module]
        named = [field for key in fields if (field := known.field(key)) is not None]
        if len(named) != len(fields):
            raise LookupError(f"The module {module} has not all of the fields {', '.join(fields)}.")
        columns = [self._tables.module(module).columns[field.key][0] for field in named]
        kinds = [self._types[field.type] for field in named]
        id_column, deleted_at = (self._tables.module(module).columns[key][0] for key in ("id", "deleted_at"))
        asked = [each for each in dict.fromkeys(values) if all(part is not None for part in each)]
        found: dict[tuple[object, ...], list[int]] = {}
        for start in range(0, len(asked), CHUNK):
            raw = [
                tuple(kind.to_columns(part)[0] for kind, part in zip(kinds, each, strict=True))
                for each in asked[start : start + CHUNK]
            ]
            same: ColumnElement[bool] = (
                columns[0].in_([each[0] for each in raw]) if len(columns) == 1 else tuple_(*columns).in_(raw)
            )
            statement = select(id_column, *columns).where(same, deleted_at.is_(None)).order_by(id_column)
            for id_, *parts in connection.execute(statement):
                key = tuple(kind.from_columns((part,)) for kind, part in zip(kinds, parts, strict=True))
                found.setdefault(key, []).append(id_)
        return {key: tuple(ids) for key, ids in found.items()}

    def existing(self, connection: Connection, module: str, ids: Iterable[int]) -> frozenset[int]:
        """Which of these ids are live records of the module."""
        asked = list(dict.fromkeys(ids))
        if not asked:
            return frozenset()
        loaded = self.load(connection, module, asked, ("deleted_at",))
        return frozenset(id_ for id_, record in loaded.items() if record["deleted_at"] is None)

    def _own(
        self, connection: Connection, module: str, ids: Sequence[int], fields: tuple[Field, ...], lock: bool
    ) -> Records:
        if not ids:
            return {}
        key = ("own", module, tuple(field.key for field in fields), lock)
        prepared, parted = self._remembered.keep(
            key, lambda: self._prepare_own(connection, module, fields, lock)
        )
        given = prepared.run(connection, {"ids": id_list(list(dict.fromkeys(ids)), self._tables.dialect)})
        if not given:
            return {}
        names = ("id", *(part.keys[0] for part in parted))
        values = [_values(part, given) for part in parted]
        return {row[0]: dict(zip(names, row, strict=True)) for row in zip(given[0], *values, strict=True)}

    def _prepare_own(
        self, connection: Connection, module: str, fields: tuple[Field, ...], lock: bool
    ) -> tuple[Prepared, list[Parted]]:
        joins, selection = Joins(self._tables, module), Selection()
        own_id = joins.id(joins.root, module)
        selection.add(own_id)
        parted = [self._parted((field,), joins, selection) for field in fields if field.key != "id"]
        statement = (
            select(*(column.label(f"c{index}") for index, column in enumerate(selection.columns)))
            .where(among(own_id, "ids", self._tables.dialect))
            .order_by(own_id)
        )
        if lock:
            statement = statement.with_for_update()  # SQLite has one writer at a time anyway
        return Prepared(statement, connection.dialect), parted

    def _prepare_paths(
        self, connection: Connection, module: str, paths: Sequence[Path]
    ) -> tuple[Prepared, list[Parted]]:
        joins, selection = Joins(self._tables, module), Selection()
        own_id = joins.id(joins.root, module)
        selection.add(own_id)
        parted: list[Parted] = []
        for path in paths:
            for depth in range(1, len(path.fields)):  # the id of each record on the way
                place = selection.add(joins.columns(path.fields[:depth])[0])
                names = tuple(each.key for each in path.fields[:depth])
                parted.append(Parted((*names, "id"), (place,), self._types["integer"]))
            if not self._types[path.field.type].linked:
                parted.append(self._parted(path.fields, joins, selection))
        statement = (
            select(*(column.label(f"c{index}") for index, column in enumerate(selection.columns)))
            .select_from(joins.source)
            .where(among(own_id, "ids", self._tables.dialect))
        )
        return Prepared(statement, connection.dialect), parted

    def _parted(self, fields: tuple[Field, ...], joins: Joins, selection: Selection) -> Parted:
        places = tuple(selection.add(column) for column in joins.columns(fields))
        return Parted(tuple(each.key for each in fields), places, self._types[fields[-1].type])

    def _prepare_links(
        self, connection: Connection, module: str, field: str
    ) -> tuple[Prepared, list[Parted]]:
        link = self._tables.link(module, field)
        known = self._catalog.modules[module].field(field)
        selection = Selection()
        selection.add(link.c.source_id)
        selection.add(link.c.target_id)
        attributes = {} if known is None else link_attributes(known)
        parted = [
            Parted(
                (key,),
                tuple(selection.add(column) for column in link_columns(link, key, attribute, self._types)),
                self._types[attribute.type],
            )
            for key, attribute in attributes.items()
        ]
        statement = (
            select(*(column.label(f"c{index}") for index, column in enumerate(selection.columns)))
            .where(among(link.c.source_id, "ids", self._tables.dialect))
            .order_by(link.c.source_id, link.c.position, link.c.target_id)
        )
        return Prepared(statement, connection.dialect), parted


def _values(part: Parted, given: Given) -> Sequence[Any]:
    columns = [given[place] for place in part.places]
    if part.kind.is_kept_as_it_is(len(columns)):
        return columns[0]
    return [part.kind.from_columns(parts) for parts in zip(*columns, strict=True)]


def _put(record: dict[str, Any], part: Parted, parts: tuple[Any, ...]) -> None:
    # A value in its place in the nested data; nothing lies behind a relation that is empty.
    *way, last = part.keys
    here: dict[str, Any] = record
    for key in way:
        inner = here.get(key)
        if not isinstance(inner, dict):
            inner = here[key] = {}
        here = inner
    if isinstance(here.get(last), dict):
        return  # walked further by another path: its id is in there
    value = part.kind.from_columns(parts)
    if here.get(last) is None:  # of the ways through a relation to several modules, one has the value
        here[last] = value
