"""D104: no backup of late."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from runtime.upkeep.backup import last_backup
from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient

OLDEST = timedelta(hours=24)


class BackupAge(Check):
    """A backup should be made every day: `trellis backup`, from cron or a systemd timer, and the file copied
    to another machine. When backups are made by other means, leave this check out:
    `trellis doctor --without backup_age`.
    """

    name = "D104"
    title = "The last backup is old"

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """A site that is younger than a day needs none yet."""
        now, last = patient.clock.now(), last_backup(patient.database)
        fix = "Make one now, and one every day: trellis backup /path/to/backups"
        if last is not None:
            made = datetime.fromtimestamp(last, UTC)
            if now - made > OLDEST:
                hours = int((now - made).total_seconds() // 3600)
                yield self.wrong(f"The last backup was made {hours} hours ago.", fix)
            return
        began = patient.began
        if began is not None and now - began > OLDEST:
            yield self.wrong("There was never a backup.", fix)
