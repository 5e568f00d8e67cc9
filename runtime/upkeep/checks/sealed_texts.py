"""D114: a secret that does not open what the database keeps."""

from collections.abc import Iterator

from sqlalchemy import Text, column, select, table

from runtime.base.sealing import VERSION, Sealer, SealError
from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient


class SealedTexts(Check):
    """Fields of the type `secret` are encrypted with TRELLIS_SECRET, or the file var/secret. After a restore
    on another machine the secret must come along: without it nobody opens them.
    """

    name = "D114"
    title = "The secret does not open what is encrypted"

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """One text of each field; what it says is told to nobody."""
        loaded, applied = patient.loaded, patient.applied
        if loaded is None or applied is None or loaded.catalog is None:
            return
        fields = [
            (module.key, key)
            for module in loaded.catalog.modules.values()
            for key, field in module.fields.items()
            if field.type == "secret" and (module.key, key) in applied.names.columns
        ]
        file = patient.settings.folder / "secret"
        for module, key in fields:
            sealed = self._one(patient, applied.names.table(module), applied.names.column(module, key))
            if sealed is None:
                continue
            try:
                if not patient.settings.secret and not file.exists():
                    raise SealError(f"There is no secret: neither TRELLIS_SECRET nor {file}.")
                Sealer(patient.settings.secret, file).open(sealed)
            except SealError as error:
                yield self.wrong(
                    f"{module}.{key} cannot be opened: {error}",
                    "Set TRELLIS_SECRET, or put back var/secret, as they were when these were entered.",
                )

    def _one(self, patient: Patient, name: str, sealed: str) -> str | None:
        found = column(sealed, Text)
        query = select(found).select_from(table(name, found)).where(found.like(f"{VERSION}%")).limit(1)
        with patient.database.read() as connection:
            return connection.execute(query).scalar()
