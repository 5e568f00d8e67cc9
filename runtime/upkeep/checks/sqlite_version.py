"""D101: an SQLite with a known fault."""

import sqlite3
from collections.abc import Iterator

from runtime.storage.engines import SAFE_SQLITE
from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient


class SqliteVersion(Check):
    """SQLite before 3.51.3 can in rare cases damage a database in WAL mode: one connection empties the log
    while another one brings it into the database. Trellis lets its processes take turns, which keeps them
    from it; other programs that write to the same file do not. The version is that of the library which
    Python was built with or finds: `python -c "import sqlite3; print(sqlite3.sqlite_version)"`.
    """

    name = "D101"
    title = "SQLite has a known fault"
    engines = ("sqlite",)

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """Only to be known while nobody else writes: one process and its worker take turns."""
        if sqlite3.sqlite_version_info < SAFE_SQLITE:
            safe = ".".join(map(str, SAFE_SQLITE))
            yield self.wrong(
                f"SQLite {sqlite3.sqlite_version} can in rare cases damage a database that several"
                " connections write to.",
                f"Run Trellis with SQLite {safe} or later, and let no other program write to the file.",
            )
