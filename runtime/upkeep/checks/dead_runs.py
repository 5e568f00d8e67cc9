"""D124: runs of workflows, tools, jobs and approvals that failed for good."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select

from runtime.base.messages import from_json
from runtime.storage.runs import CUT, FAILED
from runtime.storage.runtime_tables import runtime_tables
from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient

LATELY = timedelta(days=7)
TOLD = 5


class DeadRuns(Check):
    """Workflows with runs that failed for good, or were cut short as the ninth of a chain, in the last seven
    days. *Setup → Workflows → Runs* says of each at which step and why; after mending that, it goes on from
    there, or is run again.
    """

    name = "D124"
    title = "Runs of workflows failed"

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """The workflows are named, with their last reason."""
        table = runtime_tables().runs
        since = patient.clock.now() - LATELY
        failed = (
            select(table.c.workflow, func.count().label("number"), func.max(table.c.id).label("last"))
            .where(table.c.state.in_((FAILED, CUT)), table.c.finished_at >= since)
            .group_by(table.c.workflow)
            .order_by(func.max(table.c.id).desc())
            .limit(TOLD)
            .subquery()
        )
        query = (
            select(failed.c.workflow, failed.c.number, table.c.id, table.c.error)
            .join(table, table.c.id == failed.c.last)
            .order_by(failed.c.last.desc())
        )
        with patient.database.read() as connection:
            found = list(connection.execute(query))
        for workflow, number, run, error in found:
            why = f": {from_json(error)}" if error else "."
            yield self.wrong(
                f"{number} runs of {workflow} failed, the last one is {run}{why}",
                f"Look at it on /admin/runs/{run}, mend the cause, and let it go on from where it ended.",
            )
