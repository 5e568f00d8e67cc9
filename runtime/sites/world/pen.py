"""The pen: writes a step's records through the one writer, in batches, under the clock of their day."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from runtime.automation.place import Snapshot
from runtime.base.clock import Clock, FrozenClock
from runtime.base.messages import Message, message
from runtime.identity.actor import Actor
from runtime.records.base import Workplace
from runtime.records.change import Change, Refused
from runtime.records.save import Writer
from runtime.sites.world.kept import AnotherWorldError, Kept
from runtime.storage.transaction import Transaction

T = TypeVar("T")
Record = Mapping[str, Any]

BATCH = 2000
"""The most records of one save."""


class MisfitError(Exception):
    """The demo's records do not fit what is there; ``reason`` tells why."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Pen:
    """Writes in one transaction at a time, each a step. ``written`` counts the records that were made.

    Of the steps that are kept it writes nothing: it only gives again the ids that their records have.
    """

    def __init__(
        self,
        live: Snapshot,
        actor: Actor,
        clock: Clock,
        kept: Kept,
        step: Callable[[], AbstractContextManager[Transaction]],
    ) -> None:
        """``step`` opens a step's transaction, and is left when all of it is written and counted in
        ``kept``.
        """
        self.actor = actor
        self.clock = FrozenClock(clock.now())
        workplace = Workplace(live.catalog, live.tables, live.types, self.clock, live.revision)
        self.writer = Writer(workplace, live.judge)
        self.parsing = live.parsing(actor, "rest")
        self.kept = kept
        self.written = 0
        self._present = clock
        self._open = step
        self._to_skip = kept.steps
        self._tx: Transaction | None = None

    @contextmanager
    def on(self, day: date) -> Iterator[None]:
        """A step, in which it is nine o'clock of a day (in UTC), and never later than now."""
        if self._to_skip:
            self._to_skip -= 1
            yield
            return
        if not self.kept.is_read:
            raise _begun_by_another()
        self.clock.moment = min(datetime.combine(day, time(9), UTC), self._present.now())
        with self._open() as tx:
            self._tx = tx
            yield
            self.kept.steps += 1
        self._tx = None

    def add(self, module: str, records: Sequence[Record]) -> list[int]:
        """Make records; their ids in order."""
        ids = [id_ for part in _parts(records) for id_ in self._added(module, part)]
        self.written += len(ids)
        return ids

    def change(self, module: str, changes: Sequence[tuple[int, Record]]) -> None:
        """Change records."""
        if self._tx is None:
            return
        for part in _parts(changes):
            self._save(self._tx, [Change(module, values, record_id) for record_id, values in part])

    def _added(self, module: str, records: Sequence[Record]) -> list[int]:
        if self._tx is not None:
            ids = self._save(self._tx, [Change(module, record) for record in records])
            self.kept.add(ids)
            return ids
        try:
            return self.kept.again(len(records))
        except AnotherWorldError:
            raise _begun_by_another() from None

    def _save(self, tx: Transaction, changes: Sequence[Change]) -> list[int]:
        ids: list[int] = []
        for outcome in self.writer.save(tx, changes, self.actor, self.parsing):
            if not isinstance(outcome, Refused):
                ids.append(outcome.id)
            elif outcome.kind != "batch":
                reasons = " ".join(str(reason) for found in outcome.errors.values() for reason in found)
                raise MisfitError(
                    message(
                        "The demo's records of {module} do not fit the site: {reasons}",
                        module=changes[0].module,
                        reasons=reasons,
                    )
                )
        return ids


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for begin in range(0, len(items), BATCH):
        yield items[begin : begin + BATCH]


def _begun_by_another() -> MisfitError:
    return MisfitError(message("The demo was begun by another version of Trellis, which drew other records."))
