"""Check M196: a profile or the sharing speaks of what has no rights of its own."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class NoRightsOnIt(Check):
    """Rights are granted on modules and on their fields. Some things have none of their own: rows take the
    rights of the record that they stand in, and what every record needs to be shown at all (`id`, `number`,
    `version`, `created_at`, `updated_at`, `archived_at`, `deleted_at`) is hidden from nobody who may see the
    record.

    Wrong:  fields: {potentials.number: {read: false}, amount: {read: false}}
    Right:  fields: {potentials.amount: {read: false}}
    """

    name = "M196"
    title = "No rights of its own"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("no_field"):
            yield self.found(
                f"{shown(fact.written)} takes no rights here: {fact.about}",
                fact.span,
                fact.path,
                "name a field of a module, or take it out",
            )
        for fact in draft.of_kind("row_rights"):
            yield self.found(
                f"{shown(fact.written)} are rows of {shown(fact.about)}, and take its rights",
                fact.span,
                fact.path,
                f"name {shown(fact.about)}",
            )
