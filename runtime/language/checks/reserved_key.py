"""Check M115: a field has a name that the runtime uses itself."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.base.names import RESERVED
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.shape import Path

OF_LINKS = ("source_id", "target_id", "position", "title", "match", "module")
"""What a link has by itself, or a link in REST."""


class ReservedKey(Check):
    """A field is called by a name that means something already: a field that every record has by itself
    (`id`, `number`, `owner`, `created_at`, …), a name of the expression language (`this`, `user`, …), or
    a parameter of REST's lists (`where`, `sort`, `limit`, …).

    Choose another key; the label stays as it is.
    """

    name = "M115"
    title = "A reserved name"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for key, tree in draft.trees.get("modules", {}).items():
            fields = tree.map("fields")
            for name, node in fields.maps() if fields else ():
                path = ("modules", key, "fields", name)
                if name in RESERVED:
                    yield self._reserved(draft, path)
                link = node.map("link")
                for attribute in link.keys if link else ():
                    if attribute in RESERVED or attribute in OF_LINKS:
                        yield self._reserved(draft, (*path, "link", attribute))

    def _reserved(self, draft: Draft, path: Path) -> Diagnostic:
        return self.found(
            f'"{path[-1]}" is reserved: the runtime uses it itself',
            draft.span(path, key=True),
            path,
            f"call it {path[-1]}_1, say, and keep the label",
        )
