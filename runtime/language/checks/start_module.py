"""Check M149: records to start with of a module whose records a pack does not bring."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class StartModule(Check):
    """A file in `data/` is of a module whose records do not stand by themselves.

    Users and groups are people, not configuration: `trellis user add EMAIL` makes one. Files are uploaded.
    Rows are written as a list under their record, by the name that the parent gives them:

        big: {name: Big, items: [{name: Licence, quantity: 2}]}
    """

    name = "M149"
    title = "Records that a pack does not bring so"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("start_module"):
            parent, _, rows = fact.about.partition(".")
            if parent:
                message = f"{shown(fact.written)} is the rows of {parent}, and has no records of its own"
                help = f"write them under their parent, as the list {shown(rows)} in data/{parent}.yaml"
            else:
                message = f"a pack brings no {fact.written}"
                help = "take the file out; trellis user add EMAIL makes a user"
            yield self.found(message, fact.span, fact.path, help)
