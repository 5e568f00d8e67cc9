"""Check M113: a layout, filters or data of a module that is not there."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import names, near, shown


class FileOfNoModule(Check):
    """A layout, a file of filters or one of data is named after its module, and there is no module of
    this name.

    Rename the file, or write `schemas/modules/<module>.yaml`.
    """

    name = "M113"
    title = "A file for a module that is not there"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("module_of_file"):
            yield self.found(
                f"there is no module {shown(fact.written)} for this file",
                fact.span,
                fact.path,
                near(fact.written, fact.known) or f"the modules are {names(sorted(fact.known), 24)}",
            )
