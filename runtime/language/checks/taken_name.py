"""Check M116: the inverse of a relation, or rows, has a name that is taken."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class TakenName(Check):
    """The other side of a relation (`inverse`), or a module's `rows`, has the name of a field, or of other
    records, on the same module.

    Both would be read by the same name, so one has to give way: choose another `inverse`.
    """

    name = "M116"
    title = "A name is taken"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("collection"):
            module, holder = fact.about.split("|")
            yield self.found(
                f"{module} has {shown(fact.written)} already: it is {holder}",
                fact.span,
                fact.path,
                "choose another name",
            )
