"""Check M140: roles stand under each other."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class RolesInCircle(Check):
    """The roles are a tree: each stands `under` one other, and the topmost under none. Here a role stands,
    in the end, under itself.
    """

    name = "M140"
    title = "Roles in a circle"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for key, role in draft.roles.items():
            seen = {key}
            above = role.under
            while above in draft.roles and above not in seen:
                seen.add(above)
                above = draft.roles[above].under
            if above == key:
                path = ("roles", key, "under")
                yield self.found(
                    f"the role {shown(key)} stands under itself",
                    draft.span(path),
                    path,
                    "take one of them out of the circle",
                )
