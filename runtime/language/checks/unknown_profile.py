"""Check M107: something names a profile that is not there."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import near, shown


class UnknownProfile(Check):
    """A role or a group of the menu names a profile, and there is no file
    `schemas/access/profiles/<profile>.yaml` of this name.
    """

    name = "M107"
    title = "Unknown profile"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("profile"):
            yield self.found(
                f"unknown profile {shown(fact.written)}",
                fact.span,
                fact.path,
                near(fact.written, fact.known)
                or f"write schemas/access/profiles/{fact.written[:48]}.yaml, or take it out",
            )
