"""Check M190: something is named as it was called before."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic, Span
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.earlier.following import Use
from runtime.language.nodes import Scalar
from runtime.language.words import shown


class EarlierName(Check):
    """A module, a field, an attribute of a link or a picklist's value is named as it was called before its
    rename (`was:`). It is found all the same, so that a pack which stands on a renamed one goes on working.
    This is a warning: write the name of now, for the earlier one may be given to something else one day.

    A file that is called like a module under its earlier name is renamed to the module's name of now.
    """

    name = "M190"
    title = "An earlier name"
    is_warning = True

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        told: set[Span] = set()
        for use in draft.uses:
            span = _place(use)
            if span not in told:
                told.add(span)
                help = f"rename the file to {use.now}" if use.is_file else f"write {use.now}"
                yield self.found(f"{shown(use.old)} is called {shown(use.now)} now", span, use.path, help)


def _place(use: Use) -> Span:
    if use.is_file:
        return Span.point(use.node.source.name)
    return use.node.locate(use.start, use.end) if isinstance(use.node, Scalar) else use.node.span
