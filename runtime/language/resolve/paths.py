"""Resolves paths such as ``account.owner.email``: to-one relations to walk, then a field, perhaps an
attribute.
"""

import re
from collections.abc import Collection

from runtime.base.diagnostic import Span
from runtime.language.draft import Draft
from runtime.language.nodes import Node, Scalar
from runtime.language.shape import Path as Place
from runtime.model.catalog import Field, Module, Path, SortKey
from runtime.model.types import PicklistType, RecordType

MOST_STEPS = 10
STEP = re.compile(r"[^.]*")


class Paths:
    """Resolves the paths of one draft; what is wrong with one is noted, once for each place."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft

    def of_node(self, module: Module, node: Node, place: Place) -> Path | None:
        """The path that a node holds."""
        if not isinstance(node, Scalar):
            return None
        return self.resolve(module, str(node.value), node, place)

    def all(self, module: Module, nodes: Collection[Node], place: Place) -> tuple[Path, ...]:
        """The paths of a list of nodes that make sense; one that comes twice is noted, and taken once."""
        paths: dict[str, Path] = {}
        for position, node in enumerate(nodes):
            here = (*place, str(position))
            path = self.of_node(module, node, here)
            if path is not None and path.text in paths:
                self.draft.note("twice", path.text, node, here)
            elif path is not None:
                paths[path.text] = path
        return tuple(paths.values())

    def sort(self, module: Module, nodes: Collection[Node], place: Place) -> tuple[SortKey, ...]:
        """Sort keys: paths, with ``-`` before one for the reverse order."""
        keys: list[SortKey] = []
        for position, node in enumerate(nodes):
            if not isinstance(node, Scalar):
                continue
            text = str(node.value)
            descending = text.startswith("-")
            here = (*place, str(position))
            path = self.resolve(module, text.removeprefix("-"), node, here, skipped=int(descending))
            if path is None:
                continue
            if path.attribute is None and not self.draft.types[path.field.type].sortable:
                self.draft.note("sort", path.text, node, here, (), path.field.type)
                continue
            keys.append(SortKey(path, descending))
        return tuple(keys)

    def resolve(
        self, module: Module, text: str, at: Scalar, place: Place, *, skipped: int = 0
    ) -> Path | None:
        """The path of a text, whose first character is the ``skipped``th of the scalar."""
        path = self._resolve(module, text, at, place, skipped)
        if path is not None:
            self.draft.mention(place, at, path, skipped=skipped)
        return path

    def _resolve(self, module: Module, text: str, at: Scalar, place: Place, skipped: int) -> Path | None:
        steps = text.split(".")
        if len(steps) > MOST_STEPS:
            self.draft.note("field", text, at, place, (), f"a path of more than {MOST_STEPS} steps has")
            return None
        fields: list[Field] = []
        modules: list[Module] = [module]
        for position, step in enumerate(steps):
            field = fields[-1].parts.get(step) if fields and fields[-1].parts else self._field(modules, step)
            if field is not None and "." in field.key:
                fields[-1] = field
                modules = []
                if position == len(steps) - 1:
                    break
                span = _span(at, steps, position, skipped)
                self.draft.note("through", text, span, place, (), f"{field.key}|{field.type}")
                return None
            if field is None:
                span = _span(at, steps, position, skipped)
                if fields and isinstance(fields[-1].value_type, PicklistType) and position == len(steps) - 1:
                    return self._attribute(text, fields, step, span, place)
                self._note_unknown(modules, fields, step, span, place)
                return None
            fields.append(field)
            if position == len(steps) - 1:
                break
            modules = self._targets(field)
            if modules or field.parts or isinstance(field.value_type, PicklistType):
                continue
            if not (set(field.targets) - self.draft.modules.keys()):
                span = _span(at, steps, position, skipped)
                self.draft.note("through", text, span, place, (), f"{field.key}|{field.type}")
            return None
        return Path(text, tuple(fields))

    @staticmethod
    def _field(modules: list[Module], step: str) -> Field | None:
        """The field of the first module that has it: over a user or a group, ``email`` is the user's."""
        return next((field for module in modules if (field := module.field(step)) is not None), None)

    def _targets(self, field: Field) -> list[Module]:
        """The modules a to-one relation leads to; none for any other field."""
        if not isinstance(field.value_type, RecordType):
            return []
        found = [self.draft.modules.get(key) for key in field.targets]
        return [module for module in found if module is not None] if all(found) else []

    def _attribute(self, text: str, fields: list[Field], step: str, span: Span, place: Place) -> Path | None:
        kind = fields[-1].value_type
        picklist = self.draft.picklists.get(kind.picklist) if isinstance(kind, PicklistType) else None
        if picklist is None:
            return None
        if step not in picklist.attribute_types:
            if step not in self.draft.broken_words:
                self.draft.note("attribute", step, span, place, list(picklist.attribute_types), picklist.key)
            return None
        return Path(text, tuple(fields), step)

    def _note_unknown(
        self, modules: list[Module], fields: list[Field], step: str, span: Span, place: Place
    ) -> None:
        if fields and fields[-1].parts:
            has = f"{fields[-1].module}.{fields[-1].key} has"
            self.draft.note("field", step, span, place, list(fields[-1].parts), has)
            return
        if fields and isinstance(fields[-1].value_type, PicklistType):
            self.draft.note("through", step, span, place, (), f"{fields[-1].key}|{fields[-1].type}")
            return
        for module in modules:
            if self.draft.is_broken("modules", module.key, "fields", step):
                return
        if step in (key for module in modules for key in module.collections):
            self.draft.note("to_many", step, span, place, (), modules[0].key)
            return
        known = dict.fromkeys(field.key for module in modules for field in module.all_fields())
        has = "has" if len(modules) == 1 else "have"
        about = f"{' and '.join(module.key for module in modules)} {has}"
        self.draft.note("field", step, span, place, list(known), about)


def _span(at: Scalar, steps: list[str], position: int, skipped: int) -> Span:
    """The place of one step of a path."""
    start = skipped + sum(len(step) + 1 for step in steps[:position])
    return at.locate(start, start + max(len(steps[position]), 1))
