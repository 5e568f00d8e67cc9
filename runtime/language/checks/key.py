"""Check M114: a name is no key."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.base.names import RESERVED, why_not_a_key
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.nodes import MapNode
from runtime.language.shape import Path
from runtime.language.words import shown

SINGLE = ("pack", "menu", "roles", "sharing", "translations")
"""Kinds whose files have fixed names, or a language's."""
MAPS = (
    ("modules", "fields"),
    ("modules", "rows"),
    ("picklists", "values"),
    ("layouts", "card", "tabs"),
    ("layouts", "card", "side"),
    ("filters",),
)
"""The maps whose keys are names, by kind and the keys inside a file."""


class BadKey(Check):
    """Everything that has a name in the language (modules, fields, picklists and their values, tabs,
    filters, roles, records to start with) is named by a key: snake_case, with a letter a-z first, then
    a-z, 0-9 and _, 48 characters at most, and no keyword of the expression language such as `and` or `in`.

    Keys are the names of tables and columns, and stand in expressions and addresses. What people read is
    the `label`, and that is free.
    """

    name = "M114"
    title = "A name is no key"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for kind, files in draft.files.items():
            if kind not in SINGLE:
                for key in sorted(files):
                    if why := why_not_a_key(key):
                        file = (kind, key)
                        yield self.found(f"the file {shown(key)} names no key", draft.span(file), file, why)
        for path in named_things(draft):
            why = why_not_a_key(path[-1])
            if why and path[-1] not in RESERVED:
                yield self.found(f"{shown(path[-1])} is no key", draft.span(path, key=True), path, why)


def named_things(draft: Draft) -> Iterator[Path]:
    """The path of everything that is named by a key inside a file."""
    for kind, *inside in MAPS:
        for key, tree in draft.trees.get(kind, {}).items():
            node: MapNode | None = tree
            for step in inside:
                node = node.map(step) if node else None
            yield from ((kind, key, *inside, name) for name in (node.keys if node else ()))
    for key, tree in draft.trees.get("modules", {}).items():
        fields = tree.map("fields")
        for name, field in fields.maps() if fields else ():
            link = field.map("link")
            yield from (
                ("modules", key, "fields", name, "link", attribute)
                for attribute in (link.keys if link else ())
            )
    for key, tree in draft.trees.get("layouts", {}).items():
        card = tree.map("card")
        tabs = card.map("tabs") if card else None
        for tab, node in tabs.maps() if tabs else ():
            yield from (("layouts", key, "card", "tabs", tab, block) for block, _ in node.maps())
    for key, tree in draft.trees.get("data", {}).items():
        # A line of a table without a key of its own has no name.
        yield from (("data", key, name) for name, node in tree.keys.items() if node.text)
    for kind in ("menu", "roles"):
        single = draft.single(kind)
        yield from ((kind, kind, name) for name in (single.keys if single else ()))
