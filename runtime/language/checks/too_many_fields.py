"""Check M146: a module has more fields than a table can have columns."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown

MOST = 500


class TooManyFields(Check):
    """A module has 500 fields at most. Each is a column of its table, and the databases have a limit (1,600
    on PostgreSQL, of which money takes two a field).

    Nobody fills in a form of 500 fields: make a module of some of them, and a relation to it.
    """

    name = "M146"
    title = "Too many fields"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for module in draft.modules.values():
            if len(module.fields) > MOST:
                path = ("modules", module.key, "fields", list(module.fields)[MOST])
                yield self.found(
                    f"{shown(module.key)} has {len(module.fields):,} fields; {MOST} is the most",
                    draft.span(path, key=True),
                    path,
                    "make a module of some of them",
                )
