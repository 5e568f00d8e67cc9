"""Check M139: a translation is no text."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft


class TranslationText(Check):
    """At the ends of a file of translations stand texts. A number, true or false is quoted: "2024"."""

    name = "M139"
    title = "A translation is a text"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("translation_text"):
            yield self.found(
                "a translation is a text",
                fact.span,
                fact.path,
                "write a text, in quotes when it looks like a number",
            )
