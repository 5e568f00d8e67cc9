"""What a rollback finds in cells that the configuration of then does not know: values of a picklist, and
currencies, that came later; and what those cells held before, as the change log tells.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    MetaData,
    Select,
    Table,
    Text,
    bindparam,
    select,
    update,
)

from runtime.change.choices import known_currencies, known_values, lost_currencies
from runtime.change.quarantine import keep
from runtime.change.situation import Situation
from runtime.fields.base import FieldType
from runtime.model.catalog import Field
from runtime.storage.runtime_tables import runtime_tables

BATCH = 500
"""So many records are read and written at a time."""


@dataclass(frozen=True, slots=True)
class Settling:
    """One field with a picklist."""

    situation: Situation
    field: Field

    @property
    def kind(self) -> FieldType:
        """The field's type."""
        return self.situation.types[self.field.type]

    @property
    def table(self) -> Table:
        """The module's table."""
        return self.situation.tables.module(self.field.module).table

    @property
    def columns(self) -> Sequence[Column[Any]]:
        """The field's columns, its value's own first."""
        return self.situation.tables.module(self.field.module).columns[self.field.key]

    @property
    def column(self) -> Column[Any]:
        """The one that says which value it is."""
        return self.columns[0]

    @property
    def known(self) -> Mapping[str, str]:
        """The values of its picklist, each with what is stored for it."""
        of, names = self.field.settings["picklist"], self.situation.names
        return {key: names.stored(of, key) for key in known_values(self.situation, self.field)}

    def unknown(self) -> Mapping[str, tuple[str, ...]]:
        """What is stored and has values that are not known, each with those."""
        known = self.known.values()
        found: dict[str, tuple[str, ...]] = {}
        for stored in self.situation.stored.uses(self.table.name, self.column.name):
            value = self.kind.from_columns((stored,))
            keys = value if isinstance(value, tuple) else (value,)
            if gone := tuple(str(key) for key in keys if key not in known):
                found[stored] = gone
        return found

    def count(self, unknown: Mapping[str, object]) -> int:
        """How many records have such values."""
        uses = self.situation.stored.uses(self.table.name, self.column.name)
        return sum(uses[each] for each in unknown)

    def run(self, connection: Connection, unknown: Mapping[str, tuple[str, ...]]) -> None:
        """Set them aside, and write what was there before."""
        named = [(each.name, Text if each is self.column else each.type) for each in self.columns]
        of = Table(self.table.name, MetaData(), Column("id", BigInteger), *(Column(*each) for each in named))
        ids, stored = of.c.id, of.c[self.column.name]
        values: dict[str, Any] = {name: bindparam(f"_{place}") for place, (name, _) in enumerate(named)}
        change = update(of).where(ids == bindparam("_id")).values(values)
        nothing = (None,) * len(named)
        for value, gone in unknown.items():
            keep(connection, of, [of.c[name] for name, _ in named], stored == value)
            batch = select(ids).where(stored == value).order_by(ids).limit(BATCH)
            while found := list(connection.execute(batch).scalars()):
                before = self._before(connection, found, value, gone)
                connection.execute(change, [_bound(each, before.get(each, nothing)) for each in found])

    def _before(
        self, connection: Connection, ids: Sequence[int], stored: str, gone: Sequence[str]
    ) -> Mapping[int, Sequence[object]]:
        """What the columns of the records held when people began to write under later revisions; of several
        values, those that are known.
        """
        value = self.kind.from_columns((stored,))
        if isinstance(value, tuple):
            left = self.kind.to_columns(tuple(each for each in value if each not in gone))
            return dict.fromkeys(ids, left)
        known = self.known
        return {record: (known.get(old),) for record, old in self._first(connection, ids)}

    def _first(self, connection: Connection, ids: Sequence[int]) -> Iterator[tuple[int, Any]]:
        """The records whose field somebody wrote since, each with what the change log has of it first."""
        key, seen = self.field.key, set[int]()
        for record, old in connection.execute(self._entries(ids)):
            if key in (old or ()) and record not in seen:
                seen.add(record)
                yield record, old[key]

    def _entries(self, ids: Sequence[int]) -> Select[Any]:
        own = runtime_tables()
        log, sets = own.change_log, own.change_sets
        back = self.situation.back
        assert back is not None
        return (
            select(log.c.record_id, log.c.old)
            .join_from(log, sets, sets.c.id == log.c.change_set_id)
            .where(log.c.record_id.in_(ids), sets.c.revision_id.in_(back.path), log.c.action == "updated")
            .order_by(log.c.id)
        )


@dataclass(frozen=True, slots=True)
class Amounts(Settling):
    """One field with amounts of money."""

    @property
    def column(self) -> Column[Any]:
        """The currency's."""
        return self.columns[1]

    def unknown(self) -> Mapping[str, tuple[str, ...]]:
        """The currencies that are not known."""
        return {each: (each,) for each in lost_currencies(self.situation, self.field)}

    def _before(
        self, connection: Connection, ids: Sequence[int], stored: str, gone: Sequence[str]
    ) -> Mapping[int, Sequence[object]]:
        """The amounts of then."""
        known, count = known_currencies(self.situation, self.field), len(self.columns)
        found: dict[int, Sequence[object]] = {}
        for record, old in self._first(connection, ids):
            value = self.kind.from_json(old)
            if getattr(value, "currency", None) in known:
                found[record] = self.kind.in_columns(value, count)
        return found


def _bound(record: int, values: Sequence[object]) -> dict[str, object]:
    return {"_id": record, **{f"_{place}": each for place, each in enumerate(values)}}
