"""Check M180: a name in a rule means several things."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class RuleName(Check):
    """A rule shows, hides or locks fields, and tabs and blocks of the card. A name is that of a field, of a
    tab, or of a block; a block may be named in full too, with its tab: `overview.deal`, or `side.people`.
    Here one name fits several of them, and a rule does not guess. Name the block in full; where a field and a
    tab have one key, give the tab another.
    """

    name = "M180"
    title = "A name in a rule that means several things"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("rule_name"):
            yield self.found(
                f"{shown(fact.written)} means several things here: {fact.about}",
                fact.span,
                fact.path,
                "name a block in full, as overview.deal, or give the tab another key",
            )
