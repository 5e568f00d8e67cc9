"""D102: SQLite without its write-ahead log."""

from collections.abc import Iterator

from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient


class WriteAheadLog(Check):
    """Trellis runs SQLite in WAL mode: readers go on while somebody writes. Every start turns it on, so
    when it is off another program has turned it off, or the file lies where it cannot work: on a network's
    file system, which SQLite must not be used on at all.
    """

    name = "D102"
    title = "The write-ahead log is off"
    engines = ("sqlite",)

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """Both before it was opened and now."""
        with patient.database.read() as connection:
            mode = patient.scalar(connection, "PRAGMA journal_mode")
        if mode != "wal":
            yield self.wrong(
                f"The database is in the mode {mode}, and WAL cannot be turned on.",
                "Put the file on a disk of this machine.",
            )
        elif not patient.was_in_wal_mode:
            yield self.wrong(
                "WAL was off before the doctor opened the database; it is on again.",
                "Look which program turned it off, and restart `trellis serve`.",
            )
