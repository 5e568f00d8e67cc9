"""Check M142: a pack's version is not three numbers."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.version import read_version
from runtime.language.words import shown


class BadVersion(Check):
    """A pack's version is three numbers, 1.4.0: the first rises when something breaks those who stand on
    it, the second when something is added, the third when something is mended. Others require it by a
    range of these.
    """

    name = "M142"
    title = "A version that is not three numbers"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        tree = draft.single("pack")
        version = tree.text("version") if tree else None
        if tree and version is not None and read_version(version) is None:
            yield self.found(
                f"{shown(version)} is no version",
                tree.items["version"].span,
                ("pack", "version"),
                "write three numbers: 1.0.0",
            )
