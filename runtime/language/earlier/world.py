"""What the unmerged files say of fields: where relations lead, and whose values picklists have."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from runtime.language.earlier.declared import Nodes
from runtime.language.nodes import MapNode
from runtime.language.shape import plain_items
from runtime.model.earlier import Earlier, Pair

OWNERS = ("users", "groups")


@dataclass(slots=True)
class World:
    """Names of now only. ``targets`` are the modules that a field points at, ``collections`` the module
    behind each collection's key, and ``links`` the field that its links are of.
    """

    earlier: Earlier
    targets: dict[Pair, tuple[str, ...]] = field(default_factory=dict)
    picklists: dict[Pair, str] = field(default_factory=dict)
    depends_on: dict[Pair, str] = field(default_factory=dict)
    collections: dict[Pair, str] = field(default_factory=dict)
    links: dict[Pair, Pair] = field(default_factory=dict)
    rows: set[Pair] = field(default_factory=set)

    @classmethod
    def of(cls, nodes: Nodes, earlier: Earlier) -> "World":
        """What these files say, the upper layers' after the lower ones'."""
        world = cls(earlier)
        for (kind, key), files in nodes.items():
            if kind == "modules":
                world._module(earlier.modules.get(key, key), files)
        return world

    def field(self, module: str, key: str) -> str:
        """A field's name of now."""
        return self.earlier.fields.get((module, key), key)

    def led_to(self, module: str, key: str) -> tuple[str, ...]:
        """The modules that a field of a module points at, the record's own fields included."""
        if key == "owner":
            return OWNERS
        return ("users",) if key in ("created_by", "updated_by") else self.targets.get((module, key), ())

    def _module(self, module: str, files: Sequence[MapNode]) -> None:
        for node in files:
            fields = node.map("fields")
            for written, each in fields.maps() if fields else ():
                self._field(module, self.field(module, written), each)
            rows = node.map("rows")
            for key, each in rows.maps() if rows else ():
                if target := each.text("module"):
                    now = self._now(target)
                    self.collections[module, key] = now
                    self.rows.add((module, key))
                    self.targets[now, "parent"] = (module,)

    def _field(self, module: str, key: str, node: MapNode) -> None:
        named = plain_items(node.get("modules")) or [node.text("module") or ""]
        targets = tuple(map(self._now, filter(None, named)))
        if node.text("type") in ("user", "file", "image"):
            targets = ("users",) if node.text("type") == "user" else ("files",)
        if targets:
            self.targets[module, key] = targets
            self.collections[module, key] = targets[0]
            self.links[module, key] = (module, key)
        if inverse := node.text("inverse"):
            for target in self.targets.get((module, key), ()):
                self.collections[target, inverse] = module
                self.links[target, inverse] = (module, key)
        if picklist := node.text("picklist"):
            self.picklists[module, key] = picklist
        depends_on = node.map("depends_on")
        if depends_on is not None and (above := depends_on.text("field")):
            self.depends_on[module, key] = self.field(module, above)

    def _now(self, module: str) -> str:
        return self.earlier.modules.get(module, module)
