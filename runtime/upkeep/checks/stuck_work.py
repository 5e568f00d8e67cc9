"""D108: background work that nobody does."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select

from runtime.records.outbox import KEPT
from runtime.storage.operations import QUEUED, RUNNING
from runtime.storage.runtime_tables import runtime_tables
from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient

LATE = timedelta(minutes=15)
"""So long a queued operation may wait, and a lease be over."""
OLD = KEPT + timedelta(days=3)
"""The outbox is cleared each day of what was kept for long enough; what is older shows that it is not."""


class StuckWork(Check):
    """Imports, exports, recomputations and the clean-up wait for a worker, or one began them and is not heard
    of any more. `trellis serve` has a worker beside it; with `--no-worker` there must be a `trellis worker`.
    """

    name = "D108"
    title = "Background work waits"

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """What waits, what has lost its worker, and an outbox that nobody clears."""
        tables = runtime_tables()
        table, outbox = tables.operations, tables.outbox
        now = patient.clock.now()
        waiting = select(func.count()).where(table.c.state == QUEUED, table.c.next_at < now - LATE)
        lost = select(func.count()).where(table.c.state == RUNNING, table.c.lease_until < now - LATE)
        old = select(func.count()).where(outbox.c.created_at < now - OLD)
        with patient.database.read() as connection:
            counts = [int(connection.execute(query).scalar_one()) for query in (waiting, lost, old)]
        fix = "Start a worker: trellis worker (or trellis serve without --no-worker)."
        if counts[0]:
            yield self.wrong(f"{counts[0]} operations have waited for over 15 minutes.", fix)
        if counts[1]:
            yield self.wrong(f"{counts[1]} operations have lost their worker over 15 minutes ago.", fix)
        is_new = patient.began is None or now - patient.began < OLD  # filled with records of before
        if counts[2] and not is_new:
            yield self.wrong(f"{counts[2]} rows of the outbox are older than {OLD.days} days.", fix)
