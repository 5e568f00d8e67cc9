"""Check M108: a block shows records that do not hang on this module."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import names, near, shown


class UnknownCollection(Check):
    """A block of a card shows rows or related records by a name that the module does not have.

    Rows are those of the module's `rows`. Related records are the other side of a relation, named by its
    `inverse`:

        # schemas/modules/contacts.yaml
        fields:
          account: {type: relation, module: accounts, inverse: contacts}

        # schemas/layouts/accounts.yaml
        card:
          tabs:
            people:
              contacts: {related: contacts}

    Rows are shown by `rows`, everything else by `related`.
    """

    name = "M108"
    title = "Unknown related records"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("related"):
            kind, module, other = fact.about.split("|")
            what = "rows" if kind == "rows" else "related records"
            wrong = "related" if kind == "rows" else "rows"
            otherwise = (
                f"{module} has {names(fact.known)}"
                if fact.known
                else f"{module} has no {what}: name an inverse"
            )
            yield self.found(
                f"{module} has no {what} called {shown(fact.written)}",
                fact.span,
                fact.path,
                f"show them with {wrong}: {fact.written[:48]}"
                if other
                else near(fact.written, fact.known) or otherwise,
            )
