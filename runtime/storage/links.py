"""The records that fields of many link to, and titles: for a whole page at once."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, select

from runtime.expressions.moment import Moment
from runtime.model.catalog import Field
from runtime.model.values import Pointer, Ref
from runtime.storage.cells import CellMaker, TitleCell
from runtime.storage.conditions import among, id_list
from runtime.storage.converting import Selection
from runtime.storage.joins import Joins
from runtime.storage.prepared import Prepared
from runtime.storage.remembered import WatchedMoment
from runtime.storage.statement import Statements, asker
from runtime.storage.tables import link_attributes, link_columns

T = TypeVar("T")

NOTHING: Mapping[int, Any] = MappingProxyType({})
NOTHING_SAID: Mapping[tuple[int, int], Mapping[str, Any]] = MappingProxyType({})


class LinkReader:
    """Reads links with the titles of what they lead to; one statement for a field, however many records
    ask.
    """

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._parts = statements.parts
        self._remembered = statements.remembered

    def fetch(
        self,
        connection: Connection,
        field: Field,
        owners: Sequence[int | Pointer | None],
        moment: Moment | None = None,
    ) -> Mapping[int, tuple[Ref, ...]]:
        """For each record that has any, the records its field links to, in order; deleted ones are left
        out, and so are those that are not seen at the moment.
        """
        if "among" in field.settings:
            return self._pointed(connection, owners, moment)
        dialect = self._parts.tables.dialect
        ids = id_list([each for each in dict.fromkeys(owners) if not isinstance(each, Pointer)], dialect)
        if not ids or ids == "[]":
            return NOTHING
        found: dict[int, list[tuple[int, Ref]]] = {}
        for target in field.targets:
            key = ("links", field.module, field.key, target)
            prepared, title, source, position = self._kept(
                key, moment, partial(self._prepare, connection, field, target)
            )
            given = prepared.run(connection, {"ids": ids, **asker(moment)})
            if given:
                called = title.read(given, no_links)
                rows = zip(given[source], given[position], given[title.id_place], called, strict=True)
                for owner, at, id_, text in rows:
                    found.setdefault(owner, []).append((at, Ref(target, id_, text)))
        return {owner: tuple(ref for _, ref in _in_order(refs, field)) for owner, refs in found.items()}

    def _pointed(
        self, connection: Connection, pointers: Sequence[int | Pointer | None], moment: Moment | None
    ) -> Mapping[int, tuple[Ref, ...]]:
        """The records that these point at, by id; ids are the site's, so no two modules have the same."""
        wanted: dict[str, set[int]] = {}
        for pointer in pointers:
            if isinstance(pointer, Pointer) and pointer.module in self._parts.catalog.modules:
                wanted.setdefault(pointer.module, set()).add(pointer.id)
        return {
            id_: (Ref(module, id_, title),)
            for module, ids in wanted.items()
            for id_, title in self.titles(connection, module, sorted(ids), moment).items()
        }

    def titles(
        self, connection: Connection, module: str, ids: Sequence[int], moment: Moment | None = None
    ) -> Mapping[int, str]:
        """What these records are called: of those that are seen at the moment."""
        if not ids:
            return NOTHING
        prepared, title = self._kept(
            ("titles", module), moment, partial(self._prepare_titles, connection, module)
        )
        listed = id_list(ids, self._parts.tables.dialect)
        given = prepared.run(connection, {"ids": listed, **asker(moment)})
        if not given:
            return NOTHING
        return dict(zip(given[title.id_place], title.read(given, no_links), strict=True))

    def attributes(
        self, connection: Connection, field: Field, sources: Sequence[int], targets: Sequence[int]
    ) -> Mapping[tuple[int, int], Mapping[str, Any]]:
        """What the links between these records themselves say, canonical, by the two ids: one statement."""
        prepared, made = self._remembered.keep(
            ("link attributes", field.module, field.key), lambda: self._prepare_attributes(connection, field)
        )
        dialect = self._parts.tables.dialect
        ids = {"sources": id_list(sources, dialect), "targets": id_list(targets, dialect)}
        given = prepared.run(connection, ids)
        if not given:
            return NOTHING_SAID
        columns = [
            [make(parts) for parts in zip(*given[first:last], strict=True)] for first, last, make in made
        ]
        keys = tuple(link_attributes(field))
        return {
            (source, target): dict(zip(keys, values, strict=True))
            for source, target, *values in zip(given[0], given[1], *columns, strict=True)
        }

    def _prepare_attributes(
        self, connection: Connection, field: Field
    ) -> tuple[Prepared, tuple[tuple[int, int, Callable[[tuple[Any, ...]], object]], ...]]:
        tables, types = self._parts.tables, self._parts.types
        link = tables.link(field.module, field.key)
        columns: list[Column[Any]] = [link.c.source_id, link.c.target_id]
        made = []
        for key, attribute in link_attributes(field).items():
            parts = link_columns(link, key, attribute, types)
            made.append((len(columns), len(columns) + len(parts), types[attribute.type].from_columns))
            columns += parts
        statement = select(*(column.label(f"c{index}") for index, column in enumerate(columns))).where(
            among(link.c.source_id, "sources", tables.dialect),
            among(link.c.target_id, "targets", tables.dialect),
        )
        return Prepared(statement, connection.dialect), tuple(made)

    def _prepare(
        self, connection: Connection, field: Field, target: str, moment: Moment | None
    ) -> tuple[Prepared, TitleCell, int, int]:
        link = self._parts.tables.link(field.module, field.key).alias("l")
        joins, selection, title = self._titled(target, moment)
        seen = None if joins.guard is None else joins.guard.of_own(joins, target)
        source, position = selection.add(link.c.source_id), selection.add(link.c.position)
        own_id = joins.id(joins.root, target)
        deleted_at = joins.root.c[self._parts.tables.module(target).columns["deleted_at"][0].name]
        statement = (
            select(*(column.label(f"c{index}") for index, column in enumerate(selection.columns)))
            .select_from(joins.joined_to(link.join(joins.root, own_id == link.c.target_id)))
            .where(
                among(link.c.source_id, "ids", self._parts.tables.dialect),
                deleted_at.is_(None),
                *([] if seen is None else [seen]),
            )
            .order_by(link.c.source_id, link.c.position, link.c.target_id)
        )
        return Prepared(statement, connection.dialect), title, source, position

    def _prepare_titles(
        self, connection: Connection, module: str, moment: Moment | None
    ) -> tuple[Prepared, TitleCell]:
        joins, selection, title = self._titled(module, moment)
        seen = None if joins.guard is None else joins.guard.of_own(joins, module)
        statement = (
            select(*(column.label(f"c{index}") for index, column in enumerate(selection.columns)))
            .select_from(joins.source)
            .where(
                among(joins.id(joins.root, module), "ids", self._parts.tables.dialect),
                *([] if seen is None else [seen]),
            )
        )
        return Prepared(statement, connection.dialect), title

    def _kept(self, key: Hashable, moment: Moment | None, make: Callable[[Moment | None], T]) -> T:
        # What is seen depends on who looks; without a sight one statement serves everybody.
        if self._parts.sight is None:
            return self._remembered.keep(key, partial(make, None))
        if moment is None:
            raise LookupError("A reader with a sight must know who asks.")
        moment = self._statements.without_id(moment)
        key = self._statements.key_at(key, moment)
        found: T | None = self._remembered.get(key)
        if found is None:
            watched = WatchedMoment(moment)
            found = make(watched)
            if "now" not in watched.parts_read:
                self._remembered.put(key, found)
        return found

    def _titled(self, module: str, moment: Moment | None) -> tuple[Joins, Selection, TitleCell]:
        selection = Selection()
        joins = (
            Joins(self._parts.tables, module) if moment is None else self._statements.joins(module, moment)
        )
        maker = CellMaker(self._parts.catalog, self._parts.types, self._parts.formats, joins, selection)
        return joins, selection, maker.title((), module)


def _in_order(refs: list[tuple[int, Ref]], field: Field) -> list[tuple[int, Ref]]:
    return refs if len(field.targets) == 1 else sorted(refs, key=lambda pair: pair[0])


def no_links(field: Field, owners: Sequence[int | Pointer | None]) -> Mapping[int, tuple[Ref, ...]]:
    """What reading a title is given: a title has no field of many records."""
    raise LookupError(f"A title is not made of {field.key}, which may be several records.")
