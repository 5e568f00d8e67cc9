"""Resolves what a save does by itself: defaults and conditions behind an =, and checks."""

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from runtime.expressions.references import dependencies
from runtime.language.draft import Draft
from runtime.language.nodes import MapNode, Node, Scalar
from runtime.language.resolve.expressions import is_expression, resolve_expression
from runtime.language.resolve.labels import Labels
from runtime.language.resolve.loops import in_turn
from runtime.language.shape import Path
from runtime.model.catalog import Expression, Field, Module
from runtime.model.dynamics import Dynamics, RecordCheck
from runtime.model.label import Label
from runtime.model.types import BOOLEAN, ValueType
from runtime.model.uses import Thing

CONDITIONS = ("required", "readonly")


def resolve_dynamics(draft: Draft, labels: Labels) -> None:
    """Give every module what its saves do by themselves; all fields of all modules are there already."""
    for key, module in list(draft.modules.items()):
        found = _Dynamics(draft, labels, module).whole()
        if found.any:
            draft.modules[key] = replace(module, dynamics=found)


def resolve_saved(
    draft: Draft, node: Node | None, module: str, path: Path, expect: ValueType, *, saving: bool = True
) -> Expression | None:
    """An expression that runs while a record is saved; where it is not ``saving``, nothing has changed."""
    skipped = 0
    if is_expression(node):
        assert isinstance(node, Scalar)
        skipped = len(node.text) - len(node.text[1:].lstrip())
    return resolve_expression(draft, node, module, path, expect, saving=saving, skipped=skipped)


def resolve_guard(
    draft: Draft, node: Node | None, module: str, path: Path, expect: ValueType
) -> Expression | None:
    """A condition that the database holds of records which are not being saved: it must be SQL, and nobody's
    own.
    """
    return resolve_expression(draft, node, module, path, expect, database=True, personal=False)


def own_reads(expression: Expression) -> set[str]:
    """The record's own fields that an expression reads, or begins a path with."""
    return {path.fields[0].whole for path in dependencies(expression.tree).paths}


class _Dynamics:
    def __init__(self, draft: Draft, labels: Labels, module: Module) -> None:
        self.draft = draft
        self.labels = labels
        self.module = module
        self.path: Path = ("modules", module.key)
        self.tree = draft.trees["modules"][module.key]

    def whole(self) -> Dynamics:
        """All of it, of the module."""
        return Dynamics(
            defaults=MappingProxyType(self._defaults()),
            required=MappingProxyType(dict(self._of_fields("required"))),
            readonly=MappingProxyType(dict(self._of_fields("readonly"))),
            checks=tuple(self._checks()),
            lock=tuple(self._lock()),
        )

    def _defaults(self) -> dict[str, Expression]:
        """The defaults that are worked out, each after those that it reads."""
        written = dict(self._of_fields("default"))
        reads = {key: own_reads(each) & written.keys() for key, each in written.items()}
        order, loop = in_turn(reads)
        if loop:
            place = (*self.path, "fields", loop[0], "default")
            about = " -> ".join(loop)
            self.draft.note("reads_in_circle", loop[0], written[loop[0]].span, place, (), about)
        return {key: written[key] for key in order}

    def _of_fields(self, key: str) -> Iterator[tuple[str, Expression]]:
        fields = self.tree.map("fields")
        for name, node in fields.maps() if fields else ():
            field, written = self.module.fields.get(name), node.get(key)
            if field is None or not is_expression(written):
                continue
            place = (*self.path, "fields", name, key)
            expect = BOOLEAN if key in CONDITIONS else field.value_type
            if key == "default" and not self._takes_a_default(field, written, place):
                continue
            found = resolve_saved(self.draft, written, self.module.key, place, expect)
            if found is not None:
                does = "writes" if key == "default" else "binds"
                self.draft.mention(place, written, Thing("field", f"{self.module.key}.{name}"), does)
                yield name, found

    def _takes_a_default(self, field: Field, node: Node | None, place: Path) -> bool:
        kind = self.draft.types[field.type]
        if node is None or not (kind.linked or kind.given or kind.hidden):
            return True
        about = f"A field of the type {field.type} takes no default."
        self.draft.note("default", field.key, node, place, (), about)
        return False

    def _checks(self) -> Iterator[RecordCheck]:
        checks = self.tree.map("checks")
        for key, node in checks.maps() if checks else ():
            place = (*self.path, "checks", key)
            guard = node.flag("guard", False)
            resolve = resolve_guard if guard else resolve_saved
            condition = resolve(self.draft, node.get("check"), self.module.key, (*place, "check"), BOOLEAN)
            text = self.labels.of((*place, "message"), node.get("message"), Label.of(""))
            location = self._location(node, place)
            if condition is not None and location is not None:
                yield RecordCheck(key, condition, text, location, self.draft.origin(node), guard)

    def _lock(self) -> Iterator[str]:
        listed = self.tree.list("lock")
        known = [field.key for field in self.module.fields.values() if _is_lockable(self.draft, field)]
        for position, item in enumerate(listed.scalars() if listed else ()):
            name, at = str(item.value), (*self.path, "lock", str(position))
            if name in known:
                self.draft.mention(at, item, Thing("field", f"{self.module.key}.{name}"), "binds")
                yield name
            elif not self.draft.is_broken(*self.path, "fields", name):
                self.draft.note("field", name, item, at, known, f"what {self.module.key} may lock has")

    def _location(self, node: MapNode, place: Path) -> str | None:
        written = node.get("location")
        name = node.text("location")
        if written is None or name is None:
            return ""
        if self.module.field(name) is not None:
            field = Thing("field", f"{self.module.key}.{name}")
            self.draft.mention((*place, "location"), written, field, "binds")
            return name
        if not self.draft.is_broken(*self.path, "fields", name):
            known = [field.key for field in self.module.fields.values()]
            self.draft.note("field", name, written, (*place, "location"), known, f"{self.module.key} has")
        return None


def _is_lockable(draft: Draft, field: Field) -> bool:
    return bool(field.targets) and not draft.types[field.type].linked
