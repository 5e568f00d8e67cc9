"""Check M123: a picklist has no values."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft


class EmptyPicklist(Check):
    """A picklist has at least one value; without one, no field could ever be filled."""

    name = "M123"
    title = "A picklist without values"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for key, picklist in draft.picklists.items():
            if not picklist.values and not any(
                path[:3] == ("picklists", key, "values") for path in draft.broken
            ):
                path = ("picklists", key, "values")
                yield self.found(
                    "the picklist has no values",
                    draft.span(path, key=True),
                    path,
                    "give it one: open: {color: blue}",
                )
