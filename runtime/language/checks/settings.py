"""Check M133: settings of a field contradict each other."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft


class Contradiction(Check):
    """Two settings of a field cannot both hold: a `min` above its `max`, a relation with both `module` and
    `modules` or with neither, a pattern of numbers without a count.
    """

    name = "M133"
    title = "Settings contradict each other"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("settings"):
            yield self.found(
                f"this {fact.written} field cannot be: {fact.about}",
                fact.span,
                fact.path,
                "mend one of its settings",
            )
