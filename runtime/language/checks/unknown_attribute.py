"""Check M109: a path reads an attribute no value of the picklist has."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import names, near, shown


class UnknownAttribute(Check):
    """A path reads an attribute of a picklist, as `stage.probability`, and no value of the picklist has one
    of this name.

    Attributes are what the values are given beside `label` and `color`: `kind`, and any of your own.
    """

    name = "M109"
    title = "Unknown picklist attribute"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("attribute"):
            yield self.found(
                f"the picklist {fact.about} has no attribute {shown(fact.written)}",
                fact.span,
                fact.path,
                near(fact.written, fact.known) or f"it has {names(fact.known)}",
            )
