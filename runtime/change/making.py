"""Making: the records that a conversion needs are made by the one writer, as the system, in batches.

Each batch is a change set of the door ``change`` whose cause is the revision that is being made, so that the
change log tells where the records came from; and the quarantine remembers them, so that going back bins those
that nobody has touched since.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from runtime.base.clock import SystemClock
from runtime.base.diagnostic import Diagnostic, Span
from runtime.base.registry import Registry
from runtime.change import codes
from runtime.change.parsing import site_parsing
from runtime.change.quarantine import keep_created
from runtime.change.revisions import next_number
from runtime.fields.base import FieldType
from runtime.model.catalog import Catalog, Module
from runtime.records.among import among
from runtime.storage.ddl import settle_keys
from runtime.storage.tables import Tables
from runtime.storage.transaction import Transaction

if TYPE_CHECKING:
    from runtime.records.change import Refused
    from runtime.records.save import Writer

DOOR = "change"
"""The door that a change of the configuration writes through."""
TOLD = 10
"""How many refusals are told."""


class NotMadeError(Exception):
    """The writer refuses records that a conversion needs; nothing is applied."""

    def __init__(self, refusals: tuple[Diagnostic, ...]) -> None:
        super().__init__("; ".join(each.message for each in refusals))
        self.refusals = refusals


@dataclass(slots=True)
class Maker:
    """Makes records of the configuration to come. Its writer is made with the first of them."""

    catalog: Catalog
    tables: Tables
    types: Registry[FieldType]
    at: Span
    path: str
    _writer: "Writer | None" = field(default=None)

    def make(self, connection: Connection, module: str, records: Sequence[Mapping[str, object]]) -> None:
        """Make records of these values; raises :class:`NotMadeError`."""
        if not records:
            return
        from runtime.records.access import SYSTEM  # here, for few changes make records
        from runtime.records.change import Change, Refused

        number = next_number(connection)
        if self._writer is None:
            self._writer = self._make_writer(number)
        actor = replace(SYSTEM.through(DOOR), cause=f"revision {number}")
        changes = [Change(module, each) for each in records]
        tx = Transaction(connection)
        tx.revision = number  # the one that is being made: nothing is outdated
        outcomes = self._writer.save(tx, changes, actor, site_parsing(self.catalog, self.types, "rest"))
        refused = [
            (each, one) for each, one in zip(records, outcomes, strict=True) if isinstance(one, Refused)
        ]
        if refused:
            raise NotMadeError(self._refusals(module, refused))
        settle_keys(connection)
        made = [one.id for one in outcomes if not isinstance(one, Refused)]
        table = self.tables.module(module)
        keep_created(connection, table.table, among(table.columns["id"][0], made, self.tables.dialect))

    def _make_writer(self, number: int) -> "Writer":
        from runtime.records.access import SignedIn
        from runtime.records.base import Workplace
        from runtime.records.save import Writer

        return Writer(Workplace(self.catalog, self.tables, self.types, SystemClock(), number), SignedIn())

    def _refusals(
        self, module: str, refused: "Sequence[tuple[Mapping[str, object], Refused]]"
    ) -> tuple[Diagnostic, ...]:
        said = [
            f"“{', '.join(map(str, record.values()))}”: {message}"
            for record, refusal in refused
            for messages in refusal.errors.values()
            for message in messages
        ]
        about = f"records of {module} are refused: {'; '.join(said[:TOLD])}"
        help = "make these records first, or change what they are made of"
        return (Diagnostic(codes.CREATED.name, about, self.at, self.path, help),)


def needs(module: Module, types: Registry[FieldType], given: str) -> list[str]:
    """The required fields that a record would lack which is made of one value alone."""
    return [
        key
        for key, each in module.fields.items()
        if each.required
        and key != given
        and each.default in (None, ())
        and each.computed is None
        and not types[each.type].given
    ]
