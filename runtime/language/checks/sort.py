"""Check M127: a list cannot be sorted by a field."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class NotSortable(Check):
    """A list is sorted by fields that have one value of an order: texts, numbers, dates, picklists, a
    related record. Several records and files have no order.
    """

    name = "M127"
    title = "It cannot be sorted by"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("sort"):
            yield self.found(
                f"a list cannot be sorted by {shown(fact.written)}: it is of the type {fact.about}",
                fact.span,
                fact.path,
                "sort by another field",
            )
