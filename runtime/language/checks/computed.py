"""Check M170: a computed field that cannot be."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class ComputedField(Check):
    """A field with a `formula` is computed: the formula alone gives its value, on every way of writing, and
    nobody else does. So what is said about input means nothing on it (`required`, `default`, `readonly`,
    `mass_edit`, `min`, `pattern` …), and no formula of `formulas/<module>.yaml` fills it.

    Its type has one value that a database can give: a text, a number, money, a date, a duration, true or
    false, a value of a picklist. One that is worked out where it is read (`virtual: true`, or its formula
    reads the clock) has no column: nothing is indexed, unique or searched by it, and no title is made of it.
    One that the database works out behind the save cannot be unique either.

    Wrong:  total: {type: money, formula: price * qty, required: true}
    Right:  total: {type: money, formula: price * qty}
    """

    name = "M170"
    title = "A computed field that cannot be"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("computed"):
            yield self.found(
                f"{shown(fact.written)} does not go with a computed field: {fact.about}",
                fact.span,
                fact.path,
                "take it out, or take the formula out",
            )
        for fact in draft.of_kind("no_column"):
            yield self.found(
                f"{shown(fact.written)} cannot stand here: {fact.about}",
                fact.span,
                fact.path,
                "name what its formula reads",
            )
