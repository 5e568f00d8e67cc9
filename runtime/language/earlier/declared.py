"""Gathers what the layers declare by ``was:``, before they are merged."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from runtime.language.nodes import ListNode, MapNode, Node, Scalar
from runtime.model.earlier import Earlier

Nodes = Mapping[tuple[str, str], Sequence[MapNode]]
"""The files of each kind and key, the lowest layer's first."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One earlier name: the path of what has it now, the name, where it is written, and in which layer."""

    path: tuple[str, ...]
    old: str
    at: Node
    layer: str


@dataclass(slots=True)
class Declared:
    """Every claim, and the layer that makes each: only what stands above it may still use the earlier name as
    a key of its own.
    """

    claims: list[Claim] = field(default_factory=list)
    modules: dict[str, tuple[str, str]] = field(default_factory=dict)
    fields: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    attributes: dict[tuple[str, str, str], tuple[str, str]] = field(default_factory=dict)
    values: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def earlier(self) -> Earlier:
        """The names alone."""
        return Earlier(
            {old: now for old, (now, _) in self.modules.items()},
            {old: now for old, (now, _) in self.fields.items()},
            {old: now for old, (now, _) in self.attributes.items()},
            {old: now for old, (now, _) in self.values.items()},
        )


def declared(nodes: Nodes) -> Declared:
    """What was renamed. Fields are under their module's name of now."""
    found = Declared()
    for (kind, key), files in nodes.items():
        for node in files if kind == "modules" else ():
            for old, at in _was(node):
                found.modules.setdefault(old, (key, node.source.layer))
                found.claims.append(Claim(("modules", key), old, at, node.source.layer))
    for (kind, key), files in nodes.items():
        for node in files:
            if kind == "modules":
                now = found.modules.get(key, (key, ""))[0]
                _of_module(found, now, node)
            elif kind == "picklists":
                _of_picklist(found, key, node)
    return found


def _of_module(found: Declared, module: str, node: MapNode) -> None:
    fields = node.map("fields")
    for key, each in fields.maps() if fields else ():
        for old, at in _was(each):
            found.fields.setdefault((module, old), (key, node.source.layer))
            found.claims.append(Claim(("modules", module, "fields", key), old, at, node.source.layer))
    for key, each in fields.maps() if fields else ():
        link = each.map("link")
        for name, attribute in link.maps() if link else ():
            for old, at in _was(attribute):
                now = found.fields.get((module, key), (key, ""))[0]
                found.attributes.setdefault((module, now, old), (name, node.source.layer))
                path = ("modules", module, "fields", now, "link", name)
                found.claims.append(Claim(path, old, at, node.source.layer))


def _of_picklist(found: Declared, picklist: str, node: MapNode) -> None:
    values = node.map("values")
    for key, each in values.maps() if values else ():
        for old, at in _was(each):
            found.values.setdefault((picklist, old), (key, node.source.layer))
            found.claims.append(Claim(("picklists", picklist, "values", key), old, at, node.source.layer))


def _was(node: MapNode) -> Iterator[tuple[str, Node]]:
    written = node.get("was")
    for item in written.items if isinstance(written, ListNode) else (written,):
        if isinstance(item, Scalar) and isinstance(item.value, str):
            yield item.value, item
