"""Check M148: a value of a record to start with does not fit its field."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class StartValue(Check):
    """A value in `data/` is written as it would be in REST, in a CSV file as in an import (decimals have a
    point), and this is none that the field takes: no key of the picklist, a text where a number must be,
    nothing where something is required, a field that the program fills.

    What points at a record is `=` and a local key. Users, groups and files are not part of a pack, so
    nothing in it can point at them. Rows are a list under their name, and only in YAML.
    """

    name = "M148"
    title = "A value to start with that does not fit"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("start_value"):
            yield self.found(
                f"{shown(fact.written)} does not fit: {fact.about}",
                fact.span,
                fact.path,
                "write a value of the field, or leave it out where it may be empty",
            )
