"""D121: a database that this version cannot work with."""

from collections.abc import Iterator

from sqlalchemy import text

from runtime.storage.runtime_tables import FORMAT
from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient


class Format(Check):
    """The runtime's own tables have the form of another version of Trellis, or the database holds something
    that no Trellis has made.
    """

    name = "D121"
    title = "The database is of another version"

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """The number that the database keeps of its form."""
        if not patient.live.is_trellis:
            yield self.wrong("The database is not one of Trellis.", "Name the right one in TRELLIS_DATABASE.")
            return
        with patient.database.read() as connection:
            query = text("SELECT value FROM trellis_counters WHERE key = 'format'")
            found = connection.execute(query).scalar()
        if found != FORMAT:
            yield self.wrong(
                f"The database has the format {found}, and this version works with {FORMAT}.",
                "Use the version of Trellis that it was made with, or a later one.",
            )
