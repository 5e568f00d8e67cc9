"""Check M181: a rule that can do nothing."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft


class RuleOfNothing(Check):
    """A rule limits fields of the types `picklist` and `multi_picklist`, and sets fields that people could
    fill in themselves: to a value, written as it would be in REST, or to what an expression behind an `=`
    gives (`=none` empties). Which record a relation is to point at, an expression says: `=account.owner`.
    """

    name = "M181"
    title = "A rule that cannot be"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("rule"):
            yield self.found(
                f"the rule cannot be: {fact.written}",
                fact.span,
                fact.path,
                "name another field, or another value",
            )
