"""Check M126: a search cannot look into a field."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class NotSearchable(Check):
    """A search looks into texts (text, e-mail, phone, …) and whole numbers. Dates, money, picklists and
    relations are found with filters instead; the title of a related record is searched by its path:
    `account.name`.
    """

    name = "M126"
    title = "It cannot be searched"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("search"):
            yield self.found(
                f"{shown(fact.written)} is of the type {fact.about}, which a search does not look into",
                fact.span,
                fact.path,
                "take it out, or name a text behind it: account.name",
            )
