"""Check M143: the fiscal year begins on a day that is not there."""

from calendar import monthrange
from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class FiscalYear(Check):
    """`fiscal_year` is the month and the day that the year begins on, as 04-01, and it must be there each
    year: not 02-29, and not 06-31.
    """

    name = "M143"
    title = "No such day"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        tree = draft.single("pack")
        written = tree.text("fiscal_year") if tree else None
        if tree is None or written is None:
            return
        month, day = written.split("-")
        if int(day) > monthrange(2025, int(month))[1]:
            yield self.found(
                f"{shown(written)} is not there each year",
                tree.items["fiscal_year"].span,
                ("pack", "fiscal_year"),
                "write it as 01-01",
            )
