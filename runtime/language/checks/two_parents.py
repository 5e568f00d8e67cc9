"""Check M117: a module of rows is named by two parents."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class TwoParents(Check):
    """Rows belong to one module: they are saved with its records and take its rights. This module is named
    in the `rows` of two, or twice.

    Make a module of its own for each, or make one of them a plain relation with an `inverse`.
    """

    name = "M117"
    title = "Rows of two modules"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("two_parents"):
            yield self.found(
                f"{shown(fact.written)} is the rows of {fact.about} already",
                fact.span,
                fact.path,
                "make another module for these rows",
            )
