"""Check M130: a required relation would be emptied."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft


class ClearRequired(Check):
    """`on_delete: clear` empties the relation when the related record is deleted; a required relation
    cannot be empty. Choose `restrict` (the related record cannot be deleted while this one is there) or
    `cascade` (this one is deleted with it), or do not require it.
    """

    name = "M130"
    title = "A required relation cannot be cleared"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for module in draft.modules.values():
            for field in module.fields.values():
                if field.required and field.settings.get("on_delete") == "clear":
                    path = ("modules", module.key, "fields", field.key, "on_delete")
                    yield self.found(
                        f'"{field.key}" is required, so it cannot be cleared',
                        draft.span(path),
                        path,
                        "write restrict or cascade",
                    )
