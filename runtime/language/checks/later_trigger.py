"""Check N130: a trigger that the language has, and this version has not."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language import later
from runtime.language.checks.base import Check
from runtime.language.draft import Draft


class LaterTrigger(Check):
    """The language describes this trigger, and this version does not have it yet. A workflow that waits for
    it is refused, because ignoring it would let you believe that it works.

    Take it out for now.
    """

    name = "N130"
    title = "Not there yet: workflows have no such trigger"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("later_trigger"):
            yield self.found(
                f'the trigger "{fact.written}" is not there yet', fact.span, fact.path, later.HELP
            )
