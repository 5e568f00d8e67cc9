"""Check M106: something names a role that is not there."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import names, near, shown


class UnknownRole(Check):
    """A role is placed under, or a rule shares with, a role that schemas/access/roles.yaml does not have."""

    name = "M106"
    title = "Unknown role"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("role"):
            yield self.found(
                f"unknown role {shown(fact.written)}",
                fact.span,
                fact.path,
                near(fact.written, fact.known)
                or (
                    f"the roles are {names(fact.known)}" if fact.known else "write schemas/access/roles.yaml"
                ),
            )
