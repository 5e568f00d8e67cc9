"""Check M125: the pattern of numbers cannot number records."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class BadNumbering(Check):
    """`numbering` makes the number of each new record out of a pattern: `"POT-{YYYY}-{seq:5}"` gives
    POT-2026-00017. Its tokens are `{seq}` or `{seq:5}` (the count, padded with zeros), `{YYYY}`, `{YY}`
    and `{MM}`. `{seq}` must be there, once; and a count that begins again each year needs the year in
    the pattern, or two records would have one number.
    """

    name = "M125"
    title = "A pattern of numbers that does not work"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("numbering"):
            yield self.found(f"{shown(fact.written)} cannot number records", fact.span, fact.path, fact.about)
