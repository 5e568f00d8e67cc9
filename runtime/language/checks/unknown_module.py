"""Check M102: something names a module that is not there."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import names, near, shown


class UnknownModule(Check):
    """A relation, rows, the menu or a right names a module that is not there.

    A module is a file of its own, `schemas/modules/<module>.yaml`, and its name is the file's: `accounts`,
    not `Accounts` and not `account`. Mend the name, or write the file.
    """

    name = "M102"
    title = "Unknown module"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("module"):
            yield self.found(
                f"unknown module {shown(fact.written)}",
                fact.span,
                fact.path,
                near(fact.written, fact.known) or f"the modules are {names(sorted(fact.known), 24)}",
            )
