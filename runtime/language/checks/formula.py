"""Check M164: a formula that can do nothing."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class FormulaOfNothing(Check):
    """A formula of `formulas/<module>.yaml` fills a field (`field`, `value`) at the moments it names, or says
    something (`when`, `note`) on the card (`run: view`) or as the reason of a refusal (`run: validate`).
    """

    name = "M164"
    title = "A formula that cannot be"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("formula"):
            yield self.found(
                f"the formula {shown(fact.written)} cannot be: {fact.about}",
                fact.span,
                fact.path,
                "write field and value, or when and note",
            )
