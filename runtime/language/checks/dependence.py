"""Check M161: a field depends on what it cannot depend on."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft


class Dependence(Check):
    """A dependent picklist offers its values by the value of another picklist field of the same module:

        industry: {type: picklist, picklist: industries}
        branch:
          type: picklist
          picklist: branches
          depends_on: {field: industry, map: {food: [bakery, dairy], metal: [foundry]}}

    The field it depends on is of the type `picklist`, and no field depends on itself, however far round.
    """

    name = "M161"
    title = "Depends on what it cannot depend on"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("depends_on"):
            yield self.found(fact.written, fact.span, fact.path, fact.about)
