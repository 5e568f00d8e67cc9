"""D109: a configuration that is not applied."""

from collections.abc import Iterator

from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient


class PendingPlan(Check):
    """The pack's folder, or a pack that it stands on, is not what is served; or a new version of the program
    reads the applied text otherwise. What is served stays as it is until somebody applies the folder.
    """

    name = "D109"
    title = "A change of the configuration is not applied"

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """The stored text as this program reads it, and the folder where it is on this machine."""
        applied, loaded = patient.applied, patient.loaded
        if applied is None or loaded is None:
            return
        if loaded.catalog is None:
            yield self.wrong(
                f"Revision {applied.number} cannot be read by this version of Trellis:"
                f" {loaded.diagnostics[0].message}.",
                "Mend the pack for this version and apply it, or go back to the version before.",
            )
        elif loaded.catalog.hash != applied.hash:
            yield self.wrong(
                f"The program's own layer is another than when revision {applied.number} was applied.",
                "Restart trellis serve: it brings the database up to this version.",
            )
        if patient.folder is None:
            return
        now = patient.load_folder(patient.folder)
        if now.catalog is None:
            yield self.wrong(
                f"The folder {patient.folder} has errors: {now.diagnostics[0].message}.",
                f"trellis check {patient.folder} names them all.",
            )
        elif now.catalog.hash != applied.hash and loaded.catalog is not None:
            yield self.wrong(
                f"The folder {patient.folder} differs from revision {applied.number}, which is served.",
                f"trellis plan {patient.folder} shows how, trellis apply {patient.folder} brings it in.",
            )
