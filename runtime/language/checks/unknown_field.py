"""Check M103: a path names a field that is not there."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import names, near, shown


class UnknownField(Check):
    """A layout, a filter, a title, a record to start with or another place names a field that the module
    does not have.

    A path such as `account.industry` walks along the relation `account` and reads the field `industry`
    there; each step must be a field of the module it stands on. Over a relation to several modules
    (`owner`: a user or a group) the fields of each of them can be read; for the others it is empty.
    """

    name = "M103"
    title = "Unknown field"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("field"):
            yield self.found(
                f"{fact.about} no field {shown(fact.written)}",
                fact.span,
                fact.path,
                near(fact.written, fact.known) or f"it has {names(fact.known)}",
            )
