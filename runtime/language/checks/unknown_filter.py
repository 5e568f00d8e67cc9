"""Check M105: the menu names a filter that is not there."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import names, near, shown


class UnknownFilter(Check):
    """A filter is named by its module and its key, `potentials.open`, and the module has none of this name.

    Filters are written in `schemas/filters/<module>.yaml`. A module without that file has one filter, `all`.
    """

    name = "M105"
    title = "Unknown filter"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("filter"):
            yield self.found(
                f"{fact.about} has no filter {shown(fact.written)}",
                fact.span,
                fact.path,
                near(fact.written, fact.known) or f"its filters are {names(fact.known)}",
            )
