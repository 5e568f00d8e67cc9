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
            if other:
                help = f"show them with {'related' if kind == 'rows' else 'rows'}: {fact.written[:48]}"
            elif fact.known:
                help = near(fact.written, fact.known) or f"{module} has {names(fact.known)}"
            else:
                where = (
                    f"rows of schemas/modules/{module}.yaml"
                    if kind == "rows"
                    else "the inverse of a relation"
                )
                help = f"{module} has none; they are named by {where}"
            message = f"{module} has no {what} called {shown(fact.written)}"
            yield self.found(message, fact.span, fact.path, help)
