"""Steps of a rollback for cells that hold what the configuration of then does not know, and what it asks for.

A value of a picklist that came later is not there any more: the cell has again what it held at the revision,
as the change log tells, and what it holds now is kept in the quarantine.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    bindparam,
    column,
    select,
    update,
)

from runtime.change.choices import known_values
from runtime.change.filling import required_now
from runtime.change.quarantine import keep
from runtime.change.situation import Situation
from runtime.change.step import Safety, Step, nothing
from runtime.fields.base import FieldType
from runtime.model.catalog import Field
from runtime.storage.runtime_tables import runtime_tables

BATCH = 500
"""So many records are read and written at a time."""


def settle(situation: Situation) -> Iterator[Step]:
    """A step for each field that holds values of a picklist which the revision does not have."""
    if situation.back is None:
        return
    for module in situation.catalog.modules.values():
        for field in module.fields.values():
            if "picklist" not in field.settings or field.is_virtual or not situation.stands(module):
                continue
            if _holds_no_others(situation, field):
                continue
            settling = Settling(situation, field)
            unknown = settling.unknown()
            if unknown:
                values = ", ".join(sorted({key for keys in unknown.values() for key in keys}))
                what = f"Give {module.key}.{field.key} back what it held before {values}, which came later."
                run = partial(settling.run, unknown=unknown)
                yield Step(what, run, field.origin.span, settling.count(unknown), Safety.LOSSY)


def _holds_no_others(situation: Situation, field: Field) -> bool:
    """Whether the field's picklist has every value that it has in the applied revision."""
    module = situation.before.modules.get(field.module)
    was = None if module is None or module.retired else module.fields.get(field.key)
    picklist: str = field.settings["picklist"]
    if was is None or was.retired or was.picklist != picklist or situation.renames.any:
        return False
    return set(situation.before.picklists.get(picklist, ())) <= set(known_values(situation, field))


def ask_again(situation: Situation) -> Iterator[Step]:
    """What a required field lacks in records that were written while it was not required."""
    if situation.back is None:
        return
    for field in required_now(situation.catalog, situation.before, situation.after):
        module = situation.catalog.modules[field.module]
        column = situation.names.columns.get((field.module, field.key))
        if column is None or not situation.stands(module):
            continue
        rows = situation.stored.empties(situation.names.table(field.module), column, undeleted=True)
        if rows:
            said = f"{field.module}.{field.key}"
            what = f"Ask for {said} when a record without it is edited: it is required again."
            yield Step(what, nothing, field.origin.span, rows)


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
    def column(self) -> Any:
        """The field's column."""
        return self.situation.tables.module(self.field.module).columns[self.field.key][0]

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
        stored, ids = column(self.column.name, Text), column("id", Integer)
        of = Table(self.table.name, MetaData(), Column("id", BigInteger), Column(stored.name, Text))
        change = update(of).where(of.c.id == bindparam("_id")).values({stored.name: bindparam("_value")})
        for value, gone in unknown.items():
            keep(connection, of, [of.c[stored.name]], of.c[stored.name] == value)
            batch = select(ids).select_from(of).where(of.c[stored.name] == value).order_by(ids).limit(BATCH)
            while found := list(connection.execute(batch).scalars()):
                before = self._before(connection, found, value, gone)
                connection.execute(change, [{"_id": each, "_value": before.get(each)} for each in found])

    def _before(
        self, connection: Connection, ids: Sequence[int], stored: str, gone: Sequence[str]
    ) -> Mapping[int, object]:
        """What the records held when people began to write under later revisions; of several values, those
        that are known.
        """
        value = self.kind.from_columns((stored,))
        if isinstance(value, tuple):
            left = self.kind.to_columns(tuple(each for each in value if each not in gone))[0]
            return dict.fromkeys(ids, left)
        key, known, found = self.field.key, self.known, dict[int, object]()
        for record, old in connection.execute(self._entries(ids)):
            if key in (old or ()) and record not in found:
                found[record] = known.get(old[key])
        return found

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
