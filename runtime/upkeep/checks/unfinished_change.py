"""D110: something that was begun and not ended."""

from collections.abc import Iterator
from datetime import timedelta

from runtime.change.journal import unfinished
from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient
from runtime.upkeep.restore import cut_short

STILL = timedelta(minutes=2)
"""An apply that was heard of since then is at work."""


class UnfinishedChange(Check):
    """An apply in several transactions was interrupted: people work on with the revision before, and the same
    command goes on where it stopped. Or a restore was: then the database is as it was before, and some files
    may be there already; restore again.
    """

    name = "D110"
    title = "A change or a restore was interrupted"

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """The journal of large applies, and the mark of a restore."""
        with patient.database.read() as connection:
            begun = unfinished(connection)
        if begun is not None and patient.clock.now() - begun.beat_at > STILL:
            yield self.wrong(
                f"An apply on revision {begun.base} was begun and is not heard of any more.",
                "Give the same trellis apply again: it goes on where it was; another one cleans up first.",
            )
        if (backup := cut_short(patient.settings.files)) is not None:
            yield self.wrong(
                f"The restoring of {backup} was interrupted.", f"Restore again: trellis restore {backup}"
            )
