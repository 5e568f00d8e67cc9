"""Check M210: a tool that cannot be as it is written."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft


class ToolThatCannotBe(Check):
    """A tool is a button that does steps: `schemas/tools/<module>.yaml` has one under each key. Its `inputs`
    are fields of a form, which its steps name as `inputs.due`; they are kept with no record, so that they are
    not unique, computed or indexed, and they have no files and no lists of records. Its steps are written as
    those of workflows, and give fields values that fit them.
    """

    name = "M210"
    title = "A tool that cannot be"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("tool"):
            yield self.found(
                f"the tool cannot be: {fact.written}", fact.span, fact.path, "mend it, or take it out"
            )
