"""Check M103: a path names a field that is not there."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft, Fact
from runtime.language.words import names, near, shown


class UnknownField(Check):
    """A layout, a filter, a title, a record to start with or another place names a field that the module
    does not have.

    Where a layer takes out a field that others still name, it is told once, at the line that takes it out,
    with the places that name it.

    A path such as `account.industry` walks along the relation `account` and reads the field `industry`
    there; each step must be a field of the module it stands on. Over a relation to several modules
    (`owner`: a user or a group) the fields of each of them can be read; for the others it is empty.
    """

    name = "M103"
    title = "Unknown field"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        still: dict[tuple[str, str], list[Fact]] = {}
        for fact in draft.of_kind("field"):
            field = (fact.about.partition(" ")[0], fact.written)
            if field in draft.taken_out:
                still.setdefault(field, []).append(fact)
                continue
            yield self.found(
                f"{fact.about} no field {shown(fact.written)}",
                fact.span,
                fact.path,
                near(fact.written, fact.known) or f"it has {names(fact.known)}",
            )
        for (module, key), facts in still.items():
            places = tuple(dict.fromkeys(fact.span for fact in facts))
            verb = "place names" if len(places) == 1 else "places name"
            yield self.found(
                f"{module} has no field {shown(key)} when it is taken out here, and {len(places)} {verb} it",
                draft.taken_out[module, key],
                (module, "fields", key),
                "take it out of them, too, or leave the field and hide it from people",
                places,
            )
