"""Check M200: a workflow that cannot run as it is written."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft


class WorkflowThatCannotBe(Check):
    """A workflow says why it runs (`trigger`), on which condition (`when`), and what it does (`steps`). Its
    triggers name fields that saves change; its steps give fields values that fit them, and records to what
    points at records, behind an `=`: `{update: {record: =account, set: {owner: =owner}}}`. What a step calls
    the record that it gives (`as`) is a name of its own. A filter that it goes through does not ask who
    looks, unless somebody's rights hold (`run_as`), and has no place in `atomic`.
    """

    name = "M200"
    title = "A workflow that cannot be"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("workflow"):
            yield self.found(
                f"the workflow cannot be: {fact.written}", fact.span, fact.path, "mend it, or take it out"
            )
