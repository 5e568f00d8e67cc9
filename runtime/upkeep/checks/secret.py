"""D113: a secret that others know."""

import os
from collections.abc import Iterator

from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient, others_may_read

FEW = 6
"""Different characters that a secret must have more of."""
WELL_KNOWN = ("changeme", "change-me", "change_me", "secret", "password", "example", "trellis", "default")


class Secret(Check):
    """What is encrypted in the database is as safe as TRELLIS_SECRET, or var/secret: it must be long,
    nobody's example, and readable to the program's own user alone.
    """

    name = "D113"
    title = "The secret is weak or may be read by others"

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """The secret itself is never told."""
        secret = patient.settings.secret
        if secret and (len(set(secret)) <= FEW or _is_well_known(secret)):
            yield self.wrong(
                "TRELLIS_SECRET is one that others could guess.",
                'Take one that nobody knows: python -c "import secrets; print(secrets.token_urlsafe(48))".'
                " What was encrypted must be entered again.",
            )
        file = patient.settings.folder / "secret"
        if not secret and others_may_read(file):
            yield self.wrong(f"Others may read {file}.", f"chmod 600 {file}")
        if os.geteuid() == 0 and not secret and file.exists() and file.stat().st_uid != 0:
            yield self.note(f"{file} belongs to another user than this one.")


def _is_well_known(secret: str) -> bool:
    plain = secret.lower().strip("0123456789-_.! ")
    return any(plain.replace(word, "").strip("-_. 0123456789") == "" for word in WELL_KNOWN)
