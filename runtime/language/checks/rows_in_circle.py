"""Check M121: rows are their own parents."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft


class RowsInCircle(Check):
    """A module is the rows of itself, or of its own rows. No record could ever be the first.

    For a tree of records (a department and its departments) use a relation to the same module with an
    `inverse`.
    """

    name = "M121"
    title = "Rows in a circle"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for module in draft.modules.values():
            seen = {module.key}
            above = module.parent
            while above is not None and above not in seen:
                seen.add(above)
                above = draft.modules[above].parent
            if above == module.key and module.parent is not None:
                path = ("modules", module.parent, "rows", str(module.parent_key), "module")
                yield self.found(
                    f'"{module.key}" is, in the end, the rows of itself',
                    draft.span(path),
                    path,
                    "make one of them a relation",
                )
