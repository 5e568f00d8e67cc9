"""Check M132: a default is no value of its field."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class DefaultValue(Check):
    """The default of a field is written as its value would be in REST, and this is none the field takes: a
    key that the picklist does not have, a text where a number must be, a number out of bounds. A
    relation takes no default: which records there will be is not known here.
    """

    name = "M132"
    title = "A default that does not fit"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("default"):
            yield self.found(
                f"the default of {shown(fact.written)} does not fit: {fact.about}",
                fact.span,
                fact.path,
                "write a value of the field",
            )
