"""Check M129: the bar of steps is no picklist."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class ProcessPicklist(Check):
    """`process` draws a picklist of the module as a bar of steps, so it names a field of the type
    `picklist` of the module itself.
    """

    name = "M129"
    title = "The process is no picklist"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("process"):
            yield self.found(
                f"{shown(fact.written)} is of the type {fact.about}; the steps are a picklist's values",
                fact.span,
                fact.path,
                "name a picklist field of the module",
            )
