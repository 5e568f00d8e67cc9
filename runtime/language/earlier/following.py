"""Follows renames through the packs' files: each name at a place of names gets its name of now."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from runtime.base.registry import Registry
from runtime.language.earlier.declared import Declared, Nodes, declared
from runtime.language.earlier.patterns import Patterns
from runtime.language.earlier.world import World
from runtime.language.kinds.base import Kind
from runtime.language.nodes import ListNode, MapNode, Node, Scalar
from runtime.language.shape import SINGLE, Path
from runtime.model.earlier import Earlier

OF_A_MODULE = ("modules", "layouts", "filters", "formulas", "data", "tools")
"""The kinds of which each file is about the module that it is called like."""
PLACES = ("after", "before")
EDITS = frozenset(("add", "remove", "before", "after"))
TEMPLATE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Use:
    """An earlier name in a file: from the character ``start`` to ``end`` of a text, with the name of now. The
    use is a file's own name where ``node`` is the whole file.
    """

    node: Node
    start: int
    end: int
    old: str
    now: str
    path: Path

    @property
    def is_file(self) -> bool:
        """Whether the file itself is called so."""
        return isinstance(self.node, MapNode)


@dataclass(frozen=True, slots=True)
class _Here:
    """Where the walk stands: the module that bare names belong to, and what the path has named so far."""

    kind: str
    module: str
    captures: Mapping[str, str]


class Following:
    """Renames in the files of one configuration. ``earlier`` is what expressions are to follow by themselves,
    ``uses`` what was met.
    """

    def __init__(self, nodes: Nodes, kinds: Registry[Kind], layers: list[str]) -> None:
        self.declared: Declared = declared(nodes)
        self.earlier: Earlier = self.declared.earlier()
        self.uses: list[Use] = []
        self._kinds = kinds
        self._patterns = {kind.name: Patterns(kind) for kind in kinds.values()}
        self._rank = {name: place for place, name in enumerate(layers)}
        self._nodes = nodes
        self._world = World.of(nodes, self.earlier)

    def followed(self) -> dict[tuple[str, str], list[MapNode]]:
        """The files by the names of now."""
        if not self.earlier.any:
            return {place: list(files) for place, files in self._nodes.items()}
        found: dict[tuple[str, str], list[MapNode]] = {}
        for (kind, key), files in self._nodes.items():
            for node in files:
                now = self._file(kind, key, node)
                found.setdefault((kind, now), []).append(self._tree(kind, now, node))
        for files in found.values():
            files.sort(key=lambda node: self._rank.get(node.source.layer, 0))
        return found

    def _file(self, kind: str, key: str, node: MapNode) -> str:
        """The key of now of a file that is called like a module."""
        now, layer = self.declared.modules.get(key, ("", "")) if kind in OF_A_MODULE else ("", "")
        if not now or (kind == "modules" and not self._is_above(node, layer)):
            return key
        twins = (each.source.layer for each in self._nodes.get((kind, now), ()))
        if node.source.layer in twins:
            return key
        self.uses.append(Use(node, 0, 0, key, now, (kind, now)))
        return now

    def _is_above(self, node: Node, layer: str) -> bool:
        return self._rank.get(node.source.layer, 0) > self._rank.get(layer, 0)

    def _tree(self, kind: str, key: str, node: MapNode) -> MapNode:
        path = (kind,) if kind in SINGLE else (kind, key)
        found = self._walk(node, path, (), _Here(kind, key if kind in OF_A_MODULE else "", {"file": key}))
        assert isinstance(found, MapNode)
        return found

    def _walk(self, node: Node, path: Path, inside: Path, here: _Here) -> Node:
        if isinstance(node, Scalar):
            return self._scalar(node, path, inside, here)
        if isinstance(node, ListNode):
            items = [
                self._walk(item, (*path, str(at)), (*inside, "#"), here) for at, item in enumerate(node.items)
            ]
            return ListNode(node.source, node.start, node.end, items)
        assert isinstance(node, MapNode)
        if (
            inside
            and node.items.keys() <= EDITS
            and any(isinstance(each, ListNode) for each in node.items.values())
        ):
            return self._edit(node, path, inside, here)
        return self._map(node, path, inside, here)

    def _edit(self, node: MapNode, path: Path, inside: Path, here: _Here) -> MapNode:
        """Items that a layer adds to a list and takes out of it stand where the list's own would."""
        items = {
            key: self._walk(
                child, (*path, key), inside if isinstance(child, ListNode) else (*inside, "#"), here
            )
            for key, child in node.items.items()
        }
        return MapNode(node.source, node.start, node.end, node.keys, items)

    def _map(self, node: MapNode, path: Path, inside: Path, here: _Here) -> MapNode:
        here = self._within(node, inside, here)
        if here.kind == "data" and inside[2:] == ("#",) and (here.module, inside[1]) in self._world.rows:
            target = self._world.collections[here.module, inside[1]]
            here, inside = replace(here, module=target), inside[:1]
        what = self._patterns[here.kind].of_keys(inside, here.captures)
        keys: dict[str, Scalar] = {}
        items: dict[str, Node] = {}
        for key, child in node.items.items():
            at = node.keys[key]
            if what is not None:
                at = self._key(at, what.what, replace(here, captures=what.captures), node, (*path, key))
            below = _placed(child, lambda neighbour: self._neighbour(neighbour, what, here, path))
            now = at.text or key
            keys[now] = at
            items[now] = self._walk(below, (*path, now), (*inside, now), here)
        return MapNode(node.source, node.start, node.end, keys, items)

    def _within(self, node: MapNode, inside: Path, here: _Here) -> _Here:
        """In a table of related records, and in rows, bare names are theirs."""
        if here.kind == "layouts":
            name = node.text("related") or node.text("rows")
            if name:
                now = self._world.field(here.module, name)
                there = self._world.collections.get((here.module, now), "")
                of = ".".join(self._world.links.get((here.module, now), ("", "")))
                return replace(here, captures={**here.captures, "related": there, "links": of})
        elif here.kind == "formulas" and (name := node.text("field")):
            return replace(here, captures={**here.captures, "field": name})
        return here

    def _key(self, key: Scalar, what: str, here: _Here, holder: MapNode, path: Path) -> Scalar:
        claimed = self._claimed(key.text, what, here)
        if claimed and (not self._is_above(key, claimed[1]) or claimed[0] in holder.items):
            return key
        return self._renamed(key, what, here, path)

    def _claimed(self, name: str, what: str, here: _Here) -> tuple[str, str] | None:
        """Who claims the name of a thing that is written as a key where things are defined."""
        if here.kind == "modules" and what == "field" and "rule" not in here.captures:
            return self.declared.fields.get((here.module, name))
        if here.kind == "modules" and what == "attribute":
            return self.declared.attributes.get((here.module, here.captures["field"], name))
        return self.declared.values.get((here.captures["file"], name)) if here.kind == "picklists" else None

    def _neighbour(self, node: Scalar, what: "object", here: _Here, path: Path) -> Scalar:
        kind = getattr(what, "what", "")
        return self._renamed(node, kind, here, path) if kind else node

    def _scalar(self, node: Scalar, path: Path, inside: Path, here: _Here) -> Scalar:
        found = self._patterns[here.kind].of_text(inside, here.captures)
        if found is None or not isinstance(node.value, str):
            return node
        return self._renamed(node, found.what, replace(here, captures=found.captures), path)

    def _renamed(self, node: Scalar, what: str, here: _Here, path: Path) -> Scalar:
        """The text with its names of now; where some are earlier ones, a copy."""
        text, shift = node.text, 0
        made = text
        for start, end, now in self._names(text, what, here):
            self.uses.append(Use(node, start, end, text[start:end], now, path))
            made = made[: start + shift] + now + made[end + shift :]
            shift += len(now) - (end - start)
        if made == text:
            return node
        return Scalar(node.source, node.start, node.end, made, made, node.style)

    def _names(self, text: str, what: str, here: _Here) -> Iterator[tuple[int, int, str]]:
        """Which stretches of a text are earlier names, each with the name of now."""
        module = here.captures.get("module", here.module)
        match what:
            case "module":
                yield from _one(text, 0, self.earlier.modules.get(text))
            case "field" if not text.startswith("="):
                yield from _one(text, 0, self.earlier.fields.get((module, text)))
            case "attribute":
                place = (module, here.captures["field"], text)
                yield from _one(text, 0, self.earlier.attributes.get(place))
            case "module.field" | "module.filter":
                yield from self._of_a_module(text, what)
            case "value" if text.startswith("=") and here.kind == "data":
                module, dot, _ = text[1:].partition(".")
                yield from _one(module, 1, self.earlier.modules.get(module) if dot else None)
            case "value":
                yield from self._value(text, module, here)
            case "path":
                yield from self._path(text, 0, module)
            case "sort":
                yield from self._path(text.removeprefix("-"), int(text.startswith("-")), module)
            case "there" if text.startswith("link."):
                of, _, field = here.captures.get("links", ".").partition(".")
                name = text.removeprefix("link.")
                yield from _one(name, len("link."), self.earlier.attributes.get((of, field, name)))
            case "there":
                begins = int(text.startswith("-"))
                yield from self._path(text[begins:], begins, here.captures.get("related", ""))
            case "title":
                if "{" not in text:
                    yield from self._path(text, 0, module)
                for found in TEMPLATE.finditer(text):
                    yield from self._path(found[1], found.start(1), module)

    def _of_a_module(self, text: str, what: str) -> Iterator[tuple[int, int, str]]:
        module, dot, rest = text.partition(".")
        now = self.earlier.modules.get(module)
        yield from _one(module, 0, now)
        if what == "module.field" and dot:
            yield from _one(rest, len(module) + 1, self.earlier.fields.get((now or module, rest)))

    def _value(self, text: str, module: str, here: _Here) -> Iterator[tuple[int, int, str]]:
        if here.kind in ("picklists", "translations"):
            picklist: str | None = here.captures.get("picklist", here.captures["file"])
        else:
            key = self._world.field(module, here.captures["field"])
            if here.captures.get("of") == "above":
                key = self._world.depends_on.get((module, key), "")
            picklist = self._world.picklists.get((module, key))
        if picklist is not None:
            yield from _one(text, 0, self.earlier.values.get((picklist, text)))

    def _path(self, text: str, start: int, module: str) -> Iterator[tuple[int, int, str]]:
        modules: tuple[str, ...] = (module,)
        for name in text.split("."):
            now = next((now for of in modules if (now := self.earlier.fields.get((of, name)))), None)
            yield from _one(name, start, now)
            modules = tuple(to for of in modules for to in self._world.led_to(of, now or name))
            start += len(name) + 1


def _one(name: str, start: int, now: str | None) -> Iterator[tuple[int, int, str]]:
    if now:
        yield start, start + len(name), now


def _placed(child: Node, now: "object") -> Node:
    """An entry that asks for a neighbour, with the neighbour's name of now."""
    if not isinstance(child, MapNode) or not callable(now):
        return child
    changed = {
        key: now(at) for key in PLACES if (at := child.scalar(key)) is not None and isinstance(at.value, str)
    }
    if not changed:
        return child
    return MapNode(child.source, child.start, child.end, child.keys, {**child.items, **changed})
