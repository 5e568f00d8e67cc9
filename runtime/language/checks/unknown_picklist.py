"""Check M101: a field names a picklist that is not there."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import near, shown


class UnknownPicklist(Check):
    """A field is a value of a picklist that is not there.

    A picklist is a file of its own, `schemas/picklists/<picklist>.yaml`, and its name is the file's. Mend
    the name, or write the file:

        # schemas/picklists/deal_stages.yaml
        values:
          open: {color: blue, kind: open}
          won:  {color: green, kind: won}
    """

    name = "M101"
    title = "Unknown picklist"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("picklist"):
            nearest = near(fact.written, fact.known)
            if nearest:
                name = nearest.split('"')[1]
                nearest = f'did you mean "{name}" (schemas/picklists/{name}.yaml)?'
            yield self.found(
                f"unknown picklist {shown(fact.written)}",
                fact.span,
                fact.path,
                nearest or f"write schemas/picklists/{fact.written[:48]}.yaml, or name one that is there",
            )
