"""D120: computed fields that nobody is working out."""

from collections.abc import Iterator

from sqlalchemy import select

from runtime.storage.operations import OPEN
from runtime.storage.runtime_tables import runtime_tables
from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient


class StaleFields(Check):
    """A large change left computed fields to the background, and the work that was to do it has ended without
    doing it: lists may show values of before.
    """

    name = "D120"
    title = "Computed fields are not current"

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """What is marked, and has no operation that is open."""
        tables = runtime_tables()
        marked, operations = tables.recomputing, tables.operations
        is_open = (
            select(operations.c.id)
            .where(operations.c.id == marked.c.operation_id, operations.c.state.in_(OPEN))
            .exists()
        )
        with patient.database.read() as connection:
            fields = sorted(
                {
                    f"{row[0]}.{row[1]}"
                    for row in connection.execute(select(marked).where(~is_open).limit(100))
                }
            )
        if fields:
            yield self.wrong(
                f"{', '.join(fields[:5])} may hold old values, and nothing works them out.",
                "Work them out anew: trellis formulas run MODULE",
            )
