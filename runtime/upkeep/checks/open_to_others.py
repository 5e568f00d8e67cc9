"""D115: data that other people of the machine may read."""

from collections.abc import Iterator

from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient, others_may_read


class OpenToOthers(Check):
    """The database's file, the folder of files or that of backups may be read by every user of the machine.
    They hold everything the CRM knows.
    """

    name = "D115"
    title = "Others on this machine may read the data"

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """A folder that nobody else enters keeps what is in it."""
        file = patient.database.file
        backups = patient.settings.folder / "backups"
        for place in (file, patient.settings.files, backups):
            if place is not None and others_may_read(place) and others_may_read(place.parent):
                yield self.note(f"Other users of this machine may read {place}.", f"chmod o-rwx {place}")
