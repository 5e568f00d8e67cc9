"""The hierarchy: a record's place in the tree that a module's relation to itself makes: a group of companies,
the offices of one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from runtime.model.catalog import Block, Expression, Field, Path, SortKey
from runtime.model.values import Ref
from runtime.storage.query import Query, Row
from runtime.web.components.base import Component, Place
from runtime.web.pages.card import own_path
from runtime.web.views import record_address

HIGHEST = 12
"""How many steps up, and how many levels down, are looked at."""
MOST = 200
"""How many records a tree shows."""
TOLD = 2
"""How many of the list's columns stand beside a record's name."""


@dataclass(slots=True)
class Node:
    """A record in the tree, with those below it."""

    id: int
    title: str
    href: str
    note: str
    here: bool
    below: "list[Node]" = field(default_factory=list)


class Hierarchy(Component):
    """The whole tree that the record stands in, from the topmost record that the reader may see: one query a
    level. The tree is that of the module's first relation to itself.
    """

    name = "hierarchy"

    def draw(self, place: Place, block: Block) -> dict[str, Any]:
        """The tree; ``roots`` is empty where the record stands alone."""
        up = _parent(place)
        tree = _Tree(place, up) if up is not None else None
        root = tree.whole() if tree is not None else None
        return {
            "kind": "hierarchy",
            "key": block.key,
            "label": place.label(block),
            "roots": [root] if root is not None and root.below else [],
            "note": place.call.translate("Only the first {n} are shown.").format(n=MOST)
            if tree is not None and tree.is_cut
            else "",
        }


def _parent(place: Place) -> Field | None:
    fields = place.card.module.fields.values()
    return next((one for one in fields if one.type == "relation" and one.targets == (one.module,)), None)


class _Tree:
    """Walks one module's tree. A circle is walked once: a record that was seen is not shown again."""

    def __init__(self, place: Place, up: Field) -> None:
        call = place.call
        self.place = place
        self.up = up
        self.module = place.card.module
        titled = {path.text for _, path in self.module.title.parts}
        listed = call.live.catalog.layouts[self.module.key].list
        self.told = [path for path in listed if path.text not in {*titled, "number", up.key}][:TOLD]
        self.is_cut = False

    def whole(self) -> Node | None:
        """The topmost record with all that is below it."""
        top = self._top()
        nodes = self._nodes(self._rows((), (top,)))
        level = list(nodes)
        for _ in range(HIGHEST):
            if not level:
                break
            level = self._below(nodes, level)
        return nodes.get(top)

    def _top(self) -> int:
        seen = [self.place.card.id]
        rows = self._rows((), (seen[0],))
        for _ in range(HIGHEST):
            above = cast(Ref | None, rows[0].values[0])
            if above is None or above.id in seen:
                break
            rows = self._rows((), (above.id,))
            if not rows:
                break
            seen.append(above.id)
        return seen[-1]

    def _below(self, nodes: dict[int, Node], level: list[int]) -> list[int]:
        """Hang the records of the next level under those of this one; their ids."""
        ids = ", ".join(map(str, level))
        condition = self.place.call.live.condition(self.module, f"{self.up.key}.id in [{ids}]")
        rows = [row for row in self._rows((condition,), None) if row.id not in nodes]
        self.is_cut |= len(nodes) + len(rows) > MOST
        rows = rows[: MOST - len(nodes)]
        found = self._nodes(rows)
        for row in rows:
            nodes[cast(Ref, row.values[0]).id].below.append(found[row.id])
        nodes.update(found)
        return list(found)

    def _rows(self, where: tuple[Expression, ...], ids: tuple[int, ...] | None) -> tuple[Row, ...]:
        call = self.place.call
        first = self.module.title.parts[0][1] if self.module.title.parts else None
        query = Query(
            self.module.key,
            columns=(own_path(self.up), *self.told),
            where=where,
            sort=(SortKey(first),) if first is not None else (),
            limit=MOST + 1,
            ids=ids,
            deleted="any" if ids == (self.place.card.id,) else "no",
        )
        with call.site.database.read() as connection:
            return call.live.reader.page(connection, query, call.moment).rows

    def _nodes(self, rows: Sequence[Row]) -> dict[int, Node]:
        call = self.place.call
        with call.site.database.read() as connection:
            titles = call.live.reader.titles(
                connection, self.module.key, [row.id for row in rows], call.moment
            )
        return {
            row.id: Node(
                row.id,
                titles.get(row.id, f"#{row.id}"),
                record_address(self.module.key, row.id),
                self._note(row),
                row.id == self.place.card.id,
            )
            for row in rows
        }

    def _note(self, row: Row) -> str:
        texts = [self._text(path, value) for path, value in zip(self.told, row.values[1:], strict=True)]
        return " · ".join(text for text in texts if text)

    def _text(self, path: Path, value: object) -> str:
        return self.place.views.text(path.field, value)
