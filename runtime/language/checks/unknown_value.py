"""Check M160: a picklist has no such value."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import names, near, shown


class UnknownValue(Check):
    """A value of a picklist is named that the picklist does not have: in the `next` of another value, or in
    the map of a field that depends on another. Values are named by their keys, never by their labels.
    """

    name = "M160"
    title = "Unknown value of a picklist"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("next"):
            yield self.found(
                f"the picklist {shown(fact.about)} has no value {shown(fact.written)}",
                fact.span,
                fact.path,
                near(fact.written, fact.known) or f"its values are {names(fact.known)}",
            )
