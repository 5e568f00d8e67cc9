"""D117: what changes of the configuration keep aside."""

from collections.abc import Iterator

from runtime.change.shape import Shape
from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient

QUARANTINE = "trellis_quarantine"


class KeptAside(Check):
    """Fields and modules that were taken out of the configuration are kept, and so is what a change of it
    overwrote, for a rollback to bring back. Nothing is wrong with that; it takes room, and may hold personal
    data that nobody sees any more. `trellis purge` drops what is no longer wanted.
    """

    name = "D117"
    title = "Values are kept aside"

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """How many fields, modules and rows."""
        shape = patient.applied.shape if patient.applied is not None else Shape()
        modules = [key for key, module in shape.modules.items() if module.retired]
        fields = [
            f"{key}.{name}"
            for key, module in shape.modules.items()
            if not module.retired
            for name, field in module.fields.items()
            if field.retired
        ]
        if modules or fields:
            some = ", ".join([*modules, *fields][:5])
            yield self.note(
                f"{len(modules)} retired modules and {len(fields)} retired fields keep their values: {some}.",
                "trellis purge drops them, after a listing.",
            )
        if patient.live.has(QUARANTINE):
            with patient.database.read() as connection:
                rows = int(str(patient.scalar(connection, f"SELECT count(*) FROM {QUARANTINE}")))
            if rows:
                yield self.note(
                    f"{rows:,} overwritten values are kept for rollbacks.", "They go by themselves."
                )
