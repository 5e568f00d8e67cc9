"""D105: a database that is damaged."""

from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError

from runtime.storage.copying import troubles
from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient

INVALID = """
SELECT 'the index ' || c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %(schema)s AND NOT i.indisvalid
UNION ALL SELECT 'the constraint ' || c.conname FROM pg_constraint c JOIN pg_namespace n
ON n.oid = c.connamespace WHERE n.nspname = %(schema)s AND NOT c.convalidated ORDER BY 1 LIMIT 20"""


class Integrity(Check):
    """The database is looked through: on SQLite every page, index and foreign key; on PostgreSQL the indexes
    and constraints that it calls invalid itself, and the checksums that failed. A damaged database is
    restored from a backup; look at the disk, too.
    """

    name = "D105"
    title = "The database is damaged"
    restore = "Stop Trellis, move the damaged file away, and restore the last backup: trellis restore BACKUP"

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """On SQLite this reads the whole file."""
        if patient.is_sqlite:
            try:
                with patient.database.read() as connection:
                    wrong = troubles(connection)
            except DBAPIError as error:  # so damaged that looking fails
                wrong = [str(error.orig)]
            if wrong:
                yield self.wrong(f"The database is damaged: {'; '.join(wrong[:3])}.", self.restore)
            return
        with patient.database.read() as connection:
            rows = connection.exec_driver_sql(INVALID, {"schema": patient.database.schema})
            invalid = [str(row[0]) for row in rows]
            failed = patient.scalar(
                connection,
                "SELECT coalesce(checksum_failures, 0) FROM pg_stat_database"
                " WHERE datname = current_database()",
            )
        if invalid:
            yield self.wrong(
                f"PostgreSQL says that {', '.join(invalid[:3])} is not valid.",
                "REINDEX the index, or ALTER TABLE … VALIDATE CONSTRAINT.",
            )
        if failed:
            yield self.wrong(f"{failed} pages of the database had a wrong checksum.", self.restore)
