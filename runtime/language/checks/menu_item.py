"""Check M141: an entry of the menu leads nowhere."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class MenuEntry(Check):
    """An entry of the menu is a module, `potentials`, or a map with one of `module` and `filter`; a filter
    is written with its module: `{filter: potentials.open, label: Open ones}`.
    """

    name = "M141"
    title = "An entry of the menu that leads nowhere"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("menu_item"):
            message = (
                f"{shown(fact.written)} is no filter of a module"
                if fact.written
                else "the entry does not say where it leads"
            )
            yield self.found(message, fact.span, fact.path, "write {filter: potentials.open}, or a module")
