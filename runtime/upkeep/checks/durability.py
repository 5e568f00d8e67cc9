"""D103: commits that a power cut may take away."""

from collections.abc import Iterator

from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient

FULL = 2
"""What SQLite calls FULL."""


class Durability(Check):
    """What was saved must be on the disk before anybody is told so. SQLite does that with `synchronous` at
    FULL, PostgreSQL with `fsync`, `full_page_writes` and `synchronous_commit` on. With less the last
    changes, or on PostgreSQL the whole database, can be lost when the power goes.
    """

    name = "D103"
    title = "Commits may be lost"

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """What the connections of the program really have."""
        if patient.is_sqlite:
            with patient.database.write() as tx:
                level = int(str(patient.scalar(tx.connection, "PRAGMA synchronous")))
            if level < FULL:
                yield self.wrong(
                    f"SQLite's synchronous is {level}, below FULL ({FULL}).",
                    "Take away what sets it: Trellis sets FULL by itself.",
                )
            return
        with patient.database.read() as connection:
            for name in ("fsync", "full_page_writes", "synchronous_commit"):
                if (value := patient.scalar(connection, f"SHOW {name}")) == "off":
                    yield self.wrong(
                        f"PostgreSQL's {name} is {value}.",
                        f"ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf();",
                    )
