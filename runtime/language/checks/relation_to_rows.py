"""Check M118: a relation points at a module of rows."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft


class RelationToRows(Check):
    """Rows live inside the card of their parent: they have no screen of their own, and a relation cannot
    point at one.

    Point at the parent, or make the rows a module of their own with a relation to it.
    """

    name = "M118"
    title = "A relation to rows"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for module in draft.modules.values():
            for field in module.fields.values():
                for target in field.targets:
                    other = draft.modules.get(target)
                    if other is not None and other.parent is not None:
                        place = ("modules", module.key, "fields", field.key, "module")
                        yield self.found(
                            f'"{target}" is the rows of {other.parent}; nothing can point at rows',
                            draft.span(place),
                            place,
                            f"point at {other.parent}",
                        )
