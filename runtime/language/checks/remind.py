"""Check M209: nobody can be reminded of it."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class RemindOfNoDate(Check):
    """`remind` of a filter names a `date` or `datetime` field of the module itself: owners of what the filter
    finds are reminded so many days before it as they have chosen, and find it in their daily mail.
    """

    name = "M209"
    title = "Nobody can be reminded of it"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("remind"):
            about = f"{shown(fact.written)} is no date of the record itself"
            yield self.found(about, fact.span, fact.path, "name a date or datetime field of the module")
