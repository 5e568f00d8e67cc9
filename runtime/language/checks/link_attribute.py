"""Check M134: a link cannot carry such a field."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft


class LinkAttribute(Check):
    """The attributes of a link (`link:` of a `relations` field) lie beside the link itself: texts, numbers,
    dates, picklists. Relations and files do not fit there; for these, make a module of its own between
    the two.
    """

    name = "M134"
    title = "A link cannot carry this"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("link_attribute"):
            yield self.found(
                f"a link cannot carry a field of the type {fact.written}",
                fact.span,
                fact.path,
                "make a module between the two",
            )
