"""Check M163: values that are worked out of each other."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft


class ReadsInCircle(Check):
    """What a save works out by itself runs in the order in which one reads the other: `a` reads `b`, so `b`
    comes first. Here they read each other, round in a circle, and none could be the first. Let one of them
    read something else.
    """

    name = "M163"
    title = "Worked out of each other"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("reads_in_circle"):
            yield self.found(
                f"these are worked out of each other: {fact.about}",
                fact.span,
                fact.path,
                "let one of them read something else",
            )
