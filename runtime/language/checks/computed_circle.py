"""Check M171: computed fields that read each other, round in a circle."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft


class ComputedInCircle(Check):
    """A computed field is worked out of what its formula reads, in other records too: an account's total of
    its potentials comes after the potentials' own values. Here they read each other, round in a circle (of
    one module or of several), and none could be the first. Let one of them read something else.

    A field that reads itself in other records (a total of the totals of the accounts below) is such a circle
    too: accounts may hang below each other.
    """

    name = "M171"
    title = "Computed of each other"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("computed_circle"):
            yield self.found(
                f"these are computed of each other: {fact.about}",
                fact.span,
                fact.path,
                "let one of them read something else",
            )
