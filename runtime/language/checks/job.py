"""Check M212: a job that cannot be as it is written."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft


class JobThatCannotBe(Check):
    """A job says when it runs (`schedule`, in cron's notation), for which records (`for: {filter:
    potentials.open}`; left out: once each time) and what it does (`steps`). Nobody in particular runs it: a
    filter that asks for the user's own records finds none. A job that is for no filter has no record, so that
    its steps name none but those that earlier steps have given.
    """

    name = "M212"
    title = "A job that cannot be"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("job"):
            yield self.found(
                f"the job cannot be: {fact.written}", fact.span, fact.path, "mend it, or take it out"
            )
