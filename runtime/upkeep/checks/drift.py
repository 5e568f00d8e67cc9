"""D106: tables that are not as the applied revision left them."""

from collections.abc import Iterator

from runtime.change.ground import refuse_drift
from runtime.change.journal import unfinished
from runtime.storage.tables import build_tables
from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient


class Drift(Check):
    """A table or a column that the applied revision made is missing, or one stands where none was made:
    somebody changed the database by other means. Lists and saves fail on it, and no plan is made.
    """

    name = "D106"
    title = "The tables are not those of the applied revision"

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """The tables that the catalog wants, against those that there are."""
        loaded, applied = patient.loaded, patient.applied
        if loaded is None or applied is None or loaded.catalog is None:
            return
        dialect = patient.database.dialect
        tables = build_tables(loaded.catalog, applied.names, patient.registries.types, dialect)
        with patient.database.read() as connection:
            begun = unfinished(connection)
        live = patient.live if begun is None else begun.made.hidden_in(patient.live)
        for one in refuse_drift(loaded.catalog, tables, applied.names, live):
            yield self.wrong(
                f"{one.message[:1].upper()}{one.message[1:]}.", f"{one.help[:1].upper()}{one.help[1:]}."
            )
