"""Straight: values that go from column to column in one statement of the database's own.

A rehearsal tells of a part that each text stays as it is, or that few different texts become few values. Then
the database works out what is written, and the records go through Python no more one by one. What would be
written is looked at first, in the same transaction: where a record is not as the rehearsal promised, nothing
is written here, and each record is converted by itself.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    update,
)

from runtime.change.converting import Part, Reading, Rehearsal
from runtime.change.phases import Chosen
from runtime.storage.joins import Joins
from runtime.storage.tables import ModuleTable
from runtime.storage.virtual import Virtual


class Straight:
    """Writes what the rehearsals of a conversion's parts allow to be written so."""

    def __init__(self, reading: Reading, table: ModuleTable, promised: Sequence[Rehearsal]) -> None:
        """``table`` is written, and ``promised`` what the rehearsal has found of each part."""
        self.reading = reading
        self.table = table
        self.promised = promised

    @cached_property
    def is_possible(self) -> bool:
        """Whether the rehearsals allow it at all."""
        return bool(self.promised) and all(
            _is_plain(part, self.table.columns.get(part.field.key, ())) and (found.stays or found.becomes)
            for part, found in zip(self.reading.parts, self.promised, strict=True)
        )

    def holds(self, connection: Connection, chosen: Chosen) -> bool:
        """Whether the chosen records are as the rehearsal promised. With nobody writing in between, or with
        those noted who do, :meth:`write` may follow.
        """
        joins, sources = self._sources
        ids = joins.id(joins.root, self.reading.module)
        there = select().select_from(joins.source).where(chosen.where(ids))
        parts = list(zip(self.reading.parts, self.promised, sources, strict=True))
        is_used = joins.root.c[self.table.columns["deleted_at"][0].name].is_(None)
        wrong = [_strange(found, source) for _, found, source in parts if not found.stays]
        wrong += [source.is_(None) & is_used for part, _, source in parts if part.field.required]
        if wrong and connection.execute(there.add_columns(ids).where(or_(*wrong)).limit(1)).first():
            return False
        staying = [(part, source) for part, found, source in parts if found.stays]
        if not staying:
            return True
        rows = connection.execute(there.add_columns(*(source for _, source in staying))).all()
        columns = zip(*rows, strict=True)
        return all(
            part.casting.stay([each for each in texts if each is not None])
            for (part, _), texts in zip(staying, columns, strict=False)
        )

    def write(self, connection: Connection, chosen: Chosen) -> None:
        """Write the chosen records."""
        given = self.values(chosen).subquery("given")
        values = {self._column(part): given.c[f"v{at}"] for at, part in enumerate(self.reading.parts)}
        ids = self.table.columns["id"][0]
        connection.execute(update(self.table.table).where(ids == given.c.id).values(values))

    def values(self, chosen: Chosen) -> Select[Any]:
        """The chosen records' ids, and what is written into each: ``id``, ``v0``, ``v1``, …"""
        joins, sources = self._sources
        ids = joins.id(joins.root, self.reading.module)
        made = [
            (source if found.stays else _mapped(found.becomes, source, self._column(part))).label(f"v{at}")
            for at, (part, found, source) in enumerate(
                zip(self.reading.parts, self.promised, sources, strict=True)
            )
        ]
        return select(ids.label("id"), *made).select_from(joins.source).where(chosen.where(ids))

    def _column(self, part: Part) -> Column[Any]:
        return self.table.columns[part.field.key][0]

    @cached_property
    def _sources(self) -> tuple[Joins, list[ColumnElement[Any]]]:
        """Where each part's texts come from; what is empty is NULL."""
        before = self.reading.before
        joins = Joins(
            before.tables, self.reading.module, "t", Virtual(before.language, before.types, before.moment)
        )
        found = [part.source.columns(joins)[0] for part in self.reading.parts]
        return joins, [func.nullif(each, "", type_=each.type) for each in found]


def _is_plain(part: Part, columns: Sequence[Column[Any]]) -> bool:
    """Whether what is read is one text, and what is written one value as it stands."""
    return (
        part.source.is_plain
        and part.held is None
        and part.pointing is None
        and part.fill is None
        and part.otherwise is None
        and not part.kind.linked
        and len(columns) == 1
        and part.kind.is_kept_as_it_is(1)
    )


def _mapped(
    becomes: Mapping[str, object], source: ColumnElement[Any], column: Column[Any]
) -> ColumnElement[Any]:
    whens = [(literal(old, source.type), literal(new, column.type)) for old, new in becomes.items()]
    return case(*((source == old, new) for old, new in whens), else_=None)


def _strange(found: Rehearsal, source: ColumnElement[Any]) -> ColumnElement[bool]:
    known = [literal(each, source.type) for each in found.becomes]
    return and_(source.is_not(None), source.not_in(known))
