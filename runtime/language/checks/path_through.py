"""Check M104: a path goes on where it cannot."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class PathThrough(Check):
    """A path goes on after a field that leads to no single record.

    Only a relation to one record can be walked along: `account.industry`. A text or a number has nothing
    behind a dot, several records (`contacts`, rows) have no one value, and a picklist has only its
    attributes, once: `stage.kind`.
    """

    name = "M104"
    title = "A path cannot go on here"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("through"):
            field, kind = fact.about.split("|")
            yield self.found(
                f"nothing can be read behind {shown(field)}: it is of the type {kind}",
                fact.span,
                fact.path,
                "end the path there, or go along a relation",
            )
        for fact in draft.of_kind("to_many"):
            yield self.found(
                f"{shown(fact.written)} is several records of {fact.about}, not a field",
                fact.span,
                fact.path,
                "show them with a block: {related: " + fact.written[:48] + "}",
            )
