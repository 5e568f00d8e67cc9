"""Layers: the files of one key, lowest first, become one tree whose every node still knows its own file."""

from collections.abc import Iterable, Sequence

from runtime.base.diagnostic import Diagnostic, Span
from runtime.language import pack_codes as codes
from runtime.language.kinds.layouts import CONTENTS
from runtime.language.kinds.modules import EVERY_FIELD
from runtime.language.nodes import ListNode, MapNode, Node, Scalar
from runtime.language.words import names, near, shown

LIST_EDIT = frozenset(("add", "remove", "before", "after"))
PLACES = ("after", "before")
KEPT_BY_FIELDS = frozenset(EVERY_FIELD) - {"default"}
"""What of a field's settings stays when a layer changes its type."""


class Merge:
    """Merges the files of one kind. ``placed`` says whether its maps may have ``after`` and ``before``."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.placed = kind not in ("pack", "translations", "profiles", "sharing", "data")
        self.found: list[Diagnostic] = []
        self.taken_out: dict[tuple[str, str], Span] = {}
        """The fields that a layer above takes out, by module and key, each with where."""
        self.is_above = False

    def layers(self, nodes: Sequence[MapNode], key: str) -> MapNode:
        """One tree out of several, lowest first."""
        merged = self._clean(nodes[0], (key,))
        for node in nodes[1:]:
            self.is_above = True
            merged = self._maps(merged, node, (key,))
        return merged

    def _report(self, code: str, message: str, at: Node, path: tuple[str, ...], help: str) -> None:
        self.found.append(Diagnostic(code, message, at.span, ".".join(path), help))

    def _clean(self, node: MapNode, path: tuple[str, ...]) -> MapNode:
        """A map that has nothing below it: nulls and edits of lists have nothing to work on."""
        return self._maps(MapNode(node.source, node.start, node.end, {}, {}), node, path)

    def _maps(self, lower: MapNode, upper: MapNode, path: tuple[str, ...]) -> MapNode:
        if not lower.items and self._is_plain(upper):
            return upper
        lower = self._without_overruled(lower, upper, path)
        keys, items = dict(lower.keys), dict(lower.items)
        moves: list[tuple[str, str, Scalar]] = []
        for key, node in upper.items.items():
            here = (*path, key)
            below = items.get(key)
            if isinstance(node, Scalar) and node.value is None:
                if below is None:
                    self._report(
                        codes.NOTHING_TO_REMOVE.name,
                        f'no layer below has "{key}"',
                        upper.keys[key],
                        here,
                        near(key, items) or "write a value, or take the key out",
                    )
                elif self.kind == "modules" and len(here) == 3 and here[1] == "fields":
                    self.taken_out[here[0], key] = upper.keys[key].span
                items.pop(key, None)
                keys.pop(key, None)
                continue
            if below is None and self._is_overlay(node, here):
                self._report_no_field(upper.keys[key], here, items)
                continue
            value, place = self._value(below, node, here)
            if value is None:
                continue
            items[key] = value
            keys[key] = upper.keys[key]
            if place is not None:
                moves.append((key, *place))
        order = self._placed(list(items), moves, path) if moves else list(items)
        return MapNode(
            upper.source,
            upper.start,
            upper.end,
            {key: keys[key] for key in order},
            {key: items[key] for key in order},
        )

    def _is_overlay(self, node: Node, path: tuple[str, ...]) -> bool:
        """Whether a field, without being one itself, says how a field of a lower layer is different."""
        is_field = self.kind == "modules" and len(path) == 3 and path[1] == "fields"
        return self.is_above and is_field and isinstance(node, MapNode) and "type" not in node.items

    def _report_no_field(self, at: Node, path: tuple[str, ...], items: Iterable[str]) -> None:
        message = f'no layer below has the field "{path[-1]}", and it has no type of its own'
        fix = near(path[-1], items) or "take the entry out, or give it a type"
        self._report(codes.OVERLAY.name, message, at, path, fix)

    def _is_plain(self, node: MapNode) -> bool:
        """Whether nothing in the map asks for a layer below: then it stays as it is."""
        for key, child in node.items.items():
            if isinstance(child, Scalar):
                if child.value is None or (self.placed and key in PLACES):
                    return False
            elif isinstance(child, MapNode) and (_is_list_edit(child) or not self._is_plain(child)):
                return False
        return True

    def _value(
        self, below: Node | None, node: Node, path: tuple[str, ...]
    ) -> tuple[Node | None, tuple[str, Scalar] | None]:
        """The merged value of a key, and where its entry asks to stand."""
        if not isinstance(node, MapNode):
            return node, None
        if _is_list_edit(node):
            if isinstance(below, ListNode):
                return self._edited(below, node, path), None
            if not isinstance(below, MapNode):
                self._report(
                    codes.NO_LIST.name,
                    "no layer below has this list",
                    node,
                    path,
                    "write the list itself: [a, b]",
                )
                return None, None
        place = self._wanted_place(node)
        if place is not None:
            node = node.without(*PLACES)
        if isinstance(below, MapNode):
            return self._maps(below, node, path), place
        return self._clean(node, path), place

    def _wanted_place(self, node: MapNode) -> tuple[str, Scalar] | None:
        if not self.placed:
            return None
        for where in PLACES:
            neighbour = node.items.get(where)
            if isinstance(neighbour, Scalar) and isinstance(neighbour.value, str):
                return where, neighbour
        return None

    def _without_overruled(self, lower: MapNode, upper: MapNode, path: tuple[str, ...]) -> MapNode:
        """What of a lower map stays when a layer says that the thing is of another type."""
        if self.kind == "modules" and len(path) >= 3 and "type" in upper.items and "type" in lower.items:
            if upper.items["type"].plain != lower.items["type"].plain:
                return lower.without(*(key for key in lower.items if key not in KEPT_BY_FIELDS))
        elif self.kind == "layouts":
            written = [
                key for key in CONTENTS if key in upper.items and not isinstance(upper.items[key], MapNode)
            ]
            if written and written[0] not in lower.items:
                others = [key for key in CONTENTS if key in lower.items]
                if others and not isinstance(lower.items[others[0]], MapNode):
                    return lower.without(*others, "columns", "where", "sort")
        return lower

    def _placed(
        self, keys: list[str], moves: list[tuple[str, str, Scalar]], path: tuple[str, ...]
    ) -> list[str]:
        """The keys in order, each entry that asks for a neighbour beside it; several beside one keep their
        order.
        """
        known = set(keys)
        beside: dict[str, dict[str, list[str]]] = {}
        moved: dict[str, tuple[str, Scalar]] = {}
        for key, where, neighbour in moves:
            name = str(neighbour.value)
            if name in known and name != key:
                beside.setdefault(name, {"before": [], "after": []})[where].append(key)
                moved[key] = (where, neighbour)
            else:
                near_by = near(name, (other for other in keys if other != key))
                help = near_by or f"there are {names(keys)}"
                self._report_neighbour(
                    f"there is no {shown(name)} to stand {where}", neighbour, path, key, help
                )
        order: list[str] = []
        waiting = [(key, False) for key in reversed(keys) if key not in moved]
        while waiting:
            key, is_ready = waiting.pop()
            if is_ready or key not in beside:
                order.append(key)
                continue
            waiting += [(other, False) for other in reversed(beside[key]["after"])]
            waiting.append((key, True))
            waiting += [(other, False) for other in reversed(beside[key]["before"])]
        placed = set(order)
        for key, (where, neighbour) in moved.items():
            if key not in placed:
                order.append(key)
                message = f'"{key}" stands, in the end, {where} itself'
                self._report_neighbour(message, neighbour, path, key, "place one of them by another entry")
        return order

    def _report_neighbour(self, message: str, at: Scalar, path: tuple[str, ...], key: str, help: str) -> None:
        self._report(codes.NO_NEIGHBOUR.name, message, at, (*path, key), help)

    def _edited(self, below: ListNode, edit: MapNode, path: tuple[str, ...]) -> ListNode:
        """The list below with items added and removed."""
        items = list(below.items)
        removed = edit.list("remove")
        for node in removed.items if removed else []:
            position = _index(items, node)
            if position is None:
                self._not_in_list(node, items, (*path, "remove"))
            else:
                del items[position]
        position = len(items)
        for where in PLACES:
            neighbour = edit.get(where)
            if neighbour is not None:
                found = _index(items, neighbour)
                if found is None:
                    self._not_in_list(neighbour, items, (*path, where))
                else:
                    position = found + (where == "after")
        added = edit.list("add")
        items[position:position] = added.items if added else []
        return ListNode(edit.source, edit.start, edit.end, items)

    def _not_in_list(self, node: Node, items: list[Node], path: tuple[str, ...]) -> None:
        known = [str(item.plain) for item in items]
        self._report(
            codes.NOT_IN_LIST.name,
            f"{shown(node.plain)} is not in the list below",
            node,
            path,
            near(str(node.plain), known) or f"it has {names(known)}",
        )


def _is_list_edit(node: MapNode) -> bool:
    """Whether a map is ``{add: [...], remove: [...], before: x, after: y}``."""
    return (
        bool(node.items)
        and node.items.keys() <= LIST_EDIT
        and any(isinstance(node.items.get(key), ListNode) for key in ("add", "remove"))
    )


def _index(items: Sequence[Node], wanted: Node) -> int | None:
    plain = wanted.plain
    return next((position for position, item in enumerate(items) if item.plain == plain), None)
