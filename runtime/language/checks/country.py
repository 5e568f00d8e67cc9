"""Check M172: the pack's country is none."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class UnknownCountry(Check):
    """The pack's country is not one of ISO 3166 that has telephone numbers of its own.

    It is the country of telephone numbers that are written without one, as a code of two letters: `FI`, `US`.
    """

    name = "M172"
    title = "Unknown country"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("country"):
            yield self.found(
                f"unknown country {shown(fact.written)}",
                fact.span,
                fact.path,
                "write its code of two letters, as FI",
            )
