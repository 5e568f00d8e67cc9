"""Check M122: an attribute is of two types."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class AttributeTypes(Check):
    """An attribute of a picklist has one type in all its values, so that expressions can compare it:
    `probability: 10` here and `probability: high` there could never be ordered. A value may leave it
    out; then it is empty.
    """

    name = "M122"
    title = "An attribute of two types"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("attribute_type"):
            known, written = fact.about.split("|")
            yield self.found(
                f"{shown(fact.written)} is of the type {written} here, and {known} in a value above",
                fact.span,
                fact.path,
                f"write it as {known} in all values",
            )
