"""Check M211: a profile that names a tool which is nowhere."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.base.suggest import suggest
from runtime.language.checks.base import Check
from runtime.language.draft import Draft


class UnknownTool(Check):
    """A profile says which tools its people may use, as `module.tool`, `module.*`, or `*` for all of them.
    The workflows that run by hand (`trigger: manual`) are named among the tools of their module.
    """

    name = "M211"
    title = "An unknown tool"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("unknown_tool"):
            near = suggest(fact.written, fact.known)
            help = f'did you mean "{near}"?' if near else "write module.tool, or module.*"
            yield self.found(f'unknown tool "{fact.written}"', fact.span, fact.path, help)
