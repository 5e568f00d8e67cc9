"""D118: a PostgreSQL that is no longer looked after, or lacks something."""

from collections.abc import Iterator

from runtime.storage.ddl import has_trigrams
from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient

OLDEST = 14
"""The oldest version that its makers still mend."""


class PostgresqlVersion(Check):
    """PostgreSQL is older than 14, for which there are no corrections any more; it has no `pg_trgm`,
    without which every search reads every record; or its database is not in UTF-8.
    """

    name = "D118"
    title = "PostgreSQL is too old, or lacks something"
    engines = ("postgresql",)

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """What the server says of itself."""
        with patient.database.read() as connection:
            number = int(str(patient.scalar(connection, "SHOW server_version_num"))) // 10_000
            encoding = patient.scalar(connection, "SHOW server_encoding")
            is_searched = has_trigrams(connection)
        if number < OLDEST:
            yield self.wrong(f"The server is PostgreSQL {number}.", f"Go to {OLDEST} or later.")
        if encoding != "UTF8":
            yield self.wrong(f"The database is in {encoding}.", "Restore a backup into one in UTF8.")
        if not is_searched:
            yield self.wrong(
                "The extension pg_trgm is missing.",
                "As a superuser: CREATE EXTENSION pg_trgm WITH SCHEMA public; then restart trellis serve.",
            )
