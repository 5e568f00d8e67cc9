"""Check M119: the menu lists a module of rows."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class RowsInMenu(Check):
    """Rows are edited inside the card of their parent and have no list of their own, so the menu cannot
    lead to one. Name the parent.
    """

    name = "M119"
    title = "Rows in the menu"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("row_module"):
            parent = fact.about.split("|")[1]
            yield self.found(
                f"{shown(fact.written)} is the rows of {parent}, and has no list of its own",
                fact.span,
                fact.path,
                f"name {parent}",
            )
