"""Starting: the records of a pack's data go into the database that gets its first revision."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from runtime.base.clock import Clock
from runtime.base.registry import Registry
from runtime.change.revisions import Revision
from runtime.fields.base import FieldType, Parsing
from runtime.fields.formats import Formats
from runtime.model.catalog import Catalog, Module, StartRecord
from runtime.model.values import Link
from runtime.records.access import SYSTEM, SignedIn
from runtime.records.base import Workplace
from runtime.records.change import Change, Refused
from runtime.records.save import Writer
from runtime.storage.tables import build_tables
from runtime.storage.transaction import Transaction

BATCH = 1000
"""The most records that are saved at once."""
TOLD = 20
"""How many refusals are told."""


class StartError(Exception):
    """The writer refuses records to start with; each line but the first names a place and a reason."""

    def __init__(self, reasons: list[str]) -> None:
        told = "\n".join(reasons[:TOLD])
        super().__init__(f"The records to start with are refused, and nothing is applied:\n{told}")


def starting(
    catalog: Catalog, types: Registry[FieldType], clock: Clock
) -> Callable[[Transaction, Revision], None]:
    """What writes a catalog's data, as the system, into the transaction that makes the first revision; it
    raises :class:`StartError`.
    """

    def start(tx: Transaction, revision: Revision) -> None:
        if catalog.data:
            tables = build_tables(catalog, revision.names, types, tx.connection.dialect.name)
            workplace = Workplace(catalog, tables, types, clock, revision.number)
            _Start(workplace, tx).run()

    return start


class _Start:
    def __init__(self, workplace: Workplace, tx: Transaction) -> None:
        catalog = workplace.catalog
        self.catalog = catalog
        self.tx = tx
        self.writer = Writer(workplace, SignedIn())
        self.parsing = Parsing(
            "rest",
            Formats(catalog.languages[0], catalog.timezone),
            ZoneInfo(catalog.timezone),
            catalog.currency,
            catalog.picklists,
            types=workplace.types,
        )
        self.ids: dict[int, int] = {}

    def run(self) -> None:
        """Write the records, each batch of those that point at none of themselves; then fill in what had to
        wait for the end of a circle.
        """
        later: list[tuple[StartRecord, dict[str, object]]] = []
        for batch in _batches(self.catalog.data):
            changes: list[Change] = []
            for record in batch:
                now, waiting = self._filled(record)
                changes.append(Change(record.module, now))
                if waiting:
                    later.append((record, waiting))
            self._save(batch, changes)
        for begin in range(0, len(later), BATCH):
            part = later[begin : begin + BATCH]
            records = [record for record, _ in part]
            changes = [
                Change(
                    record.module,
                    {key: self._with_ids(self._module(record), key, value) for key, value in waiting.items()},
                    self.ids[record.number],
                )
                for record, waiting in part
            ]
            self._save(records, changes)

    def _module(self, record: StartRecord) -> Module:
        return self.catalog.modules[record.module]

    def _filled(self, record: StartRecord) -> tuple[dict[str, object], dict[str, object]]:
        """A record's values with ids, and those that point at a record which is not there yet."""
        now: dict[str, object] = {}
        later: dict[str, object] = {}
        for key, value in record.values.items():
            try:
                now[key] = self._with_ids(self._module(record), key, value)
            except KeyError:
                later[key] = value
        return now, later

    def _with_ids(self, module: Module, key: str, value: Any) -> object:
        """A value with ids in the place of numbers. Raises KeyError where one is not known yet."""
        field = module.field(key)
        if field is None:
            rows: tuple[Mapping[str, object], ...] = value
            target = self.catalog.modules[module.collections[key].target]
            return [{name: self._with_ids(target, name, one) for name, one in row.items()} for row in rows]
        if not field.targets:
            return value
        if isinstance(value, tuple):
            return tuple(Link(self.ids[link.id], link.attributes) for link in value)
        return self.ids[value]

    def _save(self, records: list[StartRecord], changes: list[Change]) -> None:
        outcomes = self.writer.save(self.tx, changes, SYSTEM.through("data"), self.parsing)
        reasons: list[str] = []
        for record, outcome in zip(records, outcomes, strict=True):
            if not isinstance(outcome, Refused):
                self.ids[record.number] = outcome.id
            elif outcome.kind != "batch":
                reasons += _reasons(record, outcome)
        if reasons:
            raise StartError(reasons)


def _batches(records: tuple[StartRecord, ...]) -> Iterator[list[StartRecord]]:
    batch: list[StartRecord] = []
    numbers: set[int] = set()
    for record in records:
        if len(batch) == BATCH or not numbers.isdisjoint(record.points_at):
            yield batch
            batch, numbers = [], set()
        batch.append(record)
        numbers.add(record.number)
    if batch:
        yield batch


def _reasons(record: StartRecord, refused: Refused) -> Iterator[str]:
    for key, messages in refused.errors.items():
        place = record.places.get(key.partition(".")[0], record.origin.span)
        yield from (f"{place}: {message}" for message in messages)
