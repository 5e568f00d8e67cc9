"""Check M120: a module of rows has a field called parent or position."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.base.names import ROW_FIELDS
from runtime.language.checks.base import Check
from runtime.language.draft import Draft


class RowField(Check):
    """A module that is named in another's `rows` gets `parent` and `position` by itself: what it belongs
    to, and the order. It cannot have fields of these names.
    """

    name = "M120"
    title = "A name that rows have by themselves"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for module in draft.modules.values():
            for key in ROW_FIELDS if module.parent is not None else ():
                if key in module.fields:
                    path = ("modules", module.key, "fields", key)
                    yield self.found(
                        f'rows have "{key}" by themselves',
                        draft.span(path, key=True),
                        path,
                        "take the field out, or rename it",
                    )
