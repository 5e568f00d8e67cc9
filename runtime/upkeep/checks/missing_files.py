"""D116: files whose content is gone."""

from collections.abc import Iterator

from runtime.upkeep.checks.base import Check
from runtime.upkeep.contents import read_contents
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient

TOLD = 5


class MissingFiles(Check):
    """Records hold files whose content is not in the file store (TRELLIS_FILES): the folder is another one,
    or somebody deleted in it. A backup has them: its members `files/DIGEST` are the contents.
    """

    name = "D116"
    title = "The content of files is missing"

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """Whether each is there; what it holds is looked at by every backup."""
        if patient.applied is None:
            return
        with patient.database.read() as connection:
            known = read_contents(connection, patient.database.schema).files
        missing = [each.sha256 for each in known if each.is_needed and not _is_there(patient, each.sha256)]
        if missing:
            some = ", ".join(f"{digest[:16]}…" for digest in missing[:TOLD])
            yield self.wrong(
                f"{len(missing)} of {len(known)} contents of files are missing: {some}.",
                f"See whether TRELLIS_FILES is right ({patient.settings.files}), or take them from a backup.",
            )


def _is_there(patient: Patient, digest: str) -> bool:
    try:
        patient.files.open(digest)
    except KeyError:
        return False
    return True
