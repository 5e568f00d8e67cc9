"""Check M131: a title cannot be made of this."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class BadTitle(Check):
    """A record's title is a field, `title: name`, or a text with fields in braces: `title: "{first_name}
    {last_name}"`. The fields may be paths along relations to one record; each has one value.
    """

    name = "M131"
    title = "A title that does not work"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("title"):
            yield self.found(
                f"{shown(fact.written)} makes no title",
                fact.span,
                fact.path,
                fact.about or "name a field, or fields in braces",
            )
