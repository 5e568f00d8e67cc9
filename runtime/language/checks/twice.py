"""Check M128: a list names a field twice."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class FieldTwice(Check):
    """A block, a list of columns or a dialog names the same field twice; it is shown once. This is a
    warning.
    """

    name = "M128"
    title = "A field is named twice"
    is_warning = True

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("twice"):
            yield self.found(
                f"{shown(fact.written)} is named twice here", fact.span, fact.path, "take one of them out"
            )
