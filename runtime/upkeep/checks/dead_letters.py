"""D107: work that was given up."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from runtime.base.messages import from_json
from runtime.storage.operations import FAILED
from runtime.storage.runtime_tables import runtime_tables
from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient

LATELY = timedelta(days=7)
TOLD = 5


class DeadLetters(Check):
    """Background work that failed for good in the last seven days, and effects of saves that were tried too
    often. *Setup → Background work* says of each why; after mending that, begin it again.
    """

    name = "D107"
    title = "Background work was given up"

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """The latest ones are named."""
        tables = runtime_tables()
        table, outbox = tables.operations, tables.outbox
        since = patient.clock.now() - LATELY
        failed = select(table.c.kind, table.c.about, table.c.error).where(
            table.c.state == FAILED, table.c.finished_at >= since
        )
        dead = select(outbox.c.event, outbox.c.module, outbox.c.last_error).where(outbox.c.state == "dead")
        with patient.database.read() as connection:
            work = list(connection.execute(failed.order_by(table.c.id.desc()).limit(TOLD)))
            letters = list(connection.execute(dead.order_by(outbox.c.id.desc()).limit(TOLD)))
        for kind, about, error in work:
            why = f": {from_json(error)}" if error else "."
            yield self.wrong(
                f"The operation {kind} ({about}) failed{why}",
                "Look at it under Setup → Background work, mend the cause, and begin it again.",
            )
        for event, module, error in letters:
            yield self.wrong(
                f"What was to happen after {event} in {module} was given up: {error or 'tried too often'}",
                "Mend the cause; it is tried again when its state is set back to waiting.",
            )
