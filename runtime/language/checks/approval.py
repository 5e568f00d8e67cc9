"""Check M213: an approval that cannot be as it is written."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft


class ApprovalThatCannotBe(Check):
    """An approval says when it is asked for (`when`), what stays as it is meanwhile (`lock`), who is asked
    (`chain`: people behind an `=`, or `{role: ceo}`) and what follows (`approved`, `rejected`). A link that
    has a `timeout` says what becomes of it `then`; the last one cannot escalate, for nobody is behind it.
    """

    name = "M213"
    title = "An approval that cannot be"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("approval"):
            yield self.found(
                f"the approval cannot be: {fact.written}", fact.span, fact.path, "mend it, or take it out"
            )
