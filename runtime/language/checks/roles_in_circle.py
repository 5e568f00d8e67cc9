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
        sound: set[str] = set()
        for key in draft.roles:
            way: list[str] = []
            above: str | None = key
            while above in draft.roles and above not in sound and above not in way:
                way.append(above)
                above = draft.roles[above].under
            if above is not None and above in way:
                for name in way[way.index(above) :]:
                    path = ("roles", name, "under")
                    yield self.found(
                        f"the role {shown(name)} stands under itself",
                        draft.span(path),
                        path,
                        "take one of them out of the circle",
                    )
            sound.update(way)
