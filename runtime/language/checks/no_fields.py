"""Check M135: a module has no fields."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class NoFields(Check):
    """A module has at least one field of its own; without one there is nothing to fill in, and nothing to
    call a record by.
    """

    name = "M135"
    title = "A module without fields"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for key, tree in draft.trees.get("modules", {}).items():
            fields = tree.map("fields")
            if not (fields and fields.items) and not any(
                path[:3] == ("modules", key, "fields") for path in draft.broken
            ):
                path = ("modules", key)
                yield self.found(
                    f"the module {shown(key)} has no fields",
                    draft.span(path),
                    path,
                    "write fields: {name: {type: text}}",
                )
