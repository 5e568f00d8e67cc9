"""The pen: writes a step's records through the one writer, in batches, under the clock of their day."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import Any

from runtime.base.clock import FrozenClock
from runtime.identity.actor import Actor
from runtime.records.base import Workplace
from runtime.records.change import Change, Refused
from runtime.records.save import Writer
from runtime.sites.site import Site
from runtime.storage.transaction import Transaction

Record = Mapping[str, Any]

BATCH = 2000
"""The most records of one save."""


class MisfitError(Exception):
    """The demo's records do not fit the pack that stands."""


class Pen:
    """Writes in one transaction at a time. ``written`` counts the records that were made."""

    def __init__(self, site: Site, actor: Actor) -> None:
        live = site.live
        self.site = site
        self.actor = actor
        self.clock = FrozenClock(site.clock.now())
        workplace = Workplace(live.catalog, live.tables, live.types, self.clock, live.revision)
        self.writer = Writer(workplace, live.judge)
        self.parsing = live.parsing(actor, "rest")
        self.written = 0
        self._tx: Transaction | None = None

    @contextmanager
    def on(self, day: date) -> Iterator[None]:
        """A transaction in which it is nine o'clock of a day (in UTC), and never later than now."""
        self.clock.moment = min(datetime.combine(day, time(9), UTC), self.site.clock.now())
        with self.site.database.write() as tx:
            self._tx = tx
            yield
        self._tx = None

    def add(self, module: str, records: Sequence[Record]) -> list[int]:
        """Make records; their ids in order."""
        ids = self._save([Change(module, record) for record in records])
        self.written += len(ids)
        return ids

    def change(self, module: str, changes: Sequence[tuple[int, Record]]) -> None:
        """Change records."""
        self._save([Change(module, values, record_id) for record_id, values in changes])

    def _save(self, changes: Sequence[Change]) -> list[int]:
        assert self._tx is not None
        ids: list[int] = []
        for begin in range(0, len(changes), BATCH):
            part = changes[begin : begin + BATCH]
            for outcome in self.writer.save(self._tx, part, self.actor, self.parsing):
                if isinstance(outcome, Refused):
                    if outcome.kind == "batch":
                        continue
                    raise MisfitError(
                        f"The demo's {part[0].module} do not fit the standard pack: {dict(outcome.errors)}"
                    )
                ids.append(outcome.id)
        return ids
