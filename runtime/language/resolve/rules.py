"""Resolves the rules of modules: their conditions, and what of a record and of its card they name."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType

from runtime.expressions.tree import Literal
from runtime.fields.base import InvalidValueError
from runtime.language.draft import Draft
from runtime.language.nodes import ListNode, MapNode, Node, Scalar
from runtime.language.resolve.dynamics import resolve_saved
from runtime.language.resolve.expressions import is_expression
from runtime.language.resolve.fields import Fields
from runtime.language.resolve.labels import Labels
from runtime.language.shape import Path
from runtime.model.catalog import Block, Expression, Field, Layout, Module
from runtime.model.dynamics import Formula, Rule
from runtime.model.types import BOOLEAN
from runtime.model.uses import Thing

PICKLISTS = ("picklist", "multi_picklist")
"""The types whose values a rule may limit."""


def resolve_rules(draft: Draft, labels: Labels) -> None:
    """Give every module its rules; all layouts are there already."""
    fields = Fields(draft, labels)
    for key, module in list(draft.modules.items()):
        rules = _Rules(draft, fields, module)
        found = tuple(rules.all())
        if found:
            named = any(rule.show_parts or rule.hide_parts for rule in found)
            places = MappingProxyType(rules.parts.places if named else {})
            formulas = tuple(rules.sets)
            dynamics = replace(module.dynamics, rules=found, places=places, formulas=formulas)
            draft.modules[key] = replace(module, dynamics=dynamics)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The tabs and blocks of a card by name, and the blocks in which each field (or rows) stands."""

    tabs: dict[str, tuple[Block, ...]]
    blocks: dict[str, Block]
    places: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, layout: Layout, module: Module) -> "_Parts":
        """Those of a module's layout; what stands at the side is ``side.<block>``."""
        tabs = {tab.key: tab.blocks for tab in layout.tabs}
        named = [(f"{tab.key}.{block.key}", block) for tab in layout.tabs for block in tab.blocks]
        named += [(f"side.{block.key}", block) for block in layout.side]
        places: dict[str, tuple[str, ...]] = {}
        for name, block in named:
            for key in contents(block, module):
                places[key] = (*places.get(key, ()), name)
        return cls(tabs, dict(named), places)

    def called(self, name: str) -> list[str]:
        """The tabs and blocks that a name may mean: in full, or a block's own key."""
        tabs = [name] if name in self.tabs else []
        return tabs + [full for full in self.blocks if name in (full, full.partition(".")[2])]

    def inside(self, part: str) -> tuple[Block, ...]:
        """The blocks of a part."""
        return self.tabs[part] if part in self.tabs else (self.blocks[part],)


def contents(block: Block, module: Module) -> Iterator[str]:
    """The record's own fields that a block shows, or the rows."""
    if block.kind == "rows" and block.collection is not None:
        yield block.collection
    for path in block.fields:
        if not path.hops and path.attribute is None and path.field.whole in module.fields:
            yield path.field.whole


class _Rules:
    def __init__(self, draft: Draft, fields: Fields, module: Module) -> None:
        self.draft = draft
        self.fields = fields
        self.module = module
        self.path: Path = ("modules", module.key)
        self.parts = _Parts.of(draft.layouts[module.key], module)
        self.sets: list[Formula] = []

    def all(self) -> Iterator[Rule]:
        """The rules that make sense; what they set is gathered in ``sets``."""
        rules = self.draft.trees["modules"][self.module.key].map("rules")
        for key, node in rules.maps() if rules else ():
            place = (*self.path, "rules", key)
            when = resolve_saved(self.draft, node.get("when"), self.module.key, (*place, "when"), BOOLEAN)
            if when is not None or "when" not in node.items:
                self.sets += self._sets(key, node, when, (*place, "set"))
                yield self._rule(key, node, when, place)

    def _rule(self, key: str, node: MapNode, when: Expression | None, place: Path) -> Rule:
        show, show_parts = self._named(node, "show", (*place, "show"))
        hide, hide_parts = self._named(node, "hide", (*place, "hide"))
        locked, locked_parts = self._named(node, "readonly", (*place, "readonly"))
        for part in locked_parts:
            locked += [each for block in self.parts.inside(part) for each in contents(block, self.module)]
        return Rule(
            key, when, tuple(show), tuple(self._fields(node, (*place, "require"))),
            tuple(dict.fromkeys(locked)), self.draft.origin(node), tuple(hide), tuple(show_parts),
            tuple(hide_parts), MappingProxyType(dict(self._limits(node, (*place, "limit")))),
        )  # fmt: skip

    def _named(self, node: MapNode, key: str, place: Path) -> tuple[list[str], list[str]]:
        """The fields, and the tabs and blocks, that a list names."""
        fields: list[str] = []
        parts: list[str] = []
        listed = node.list(key)
        for position, item in enumerate(listed.scalars() if listed else ()):
            name, at = str(item.value), (*place, str(position))
            found = self.parts.called(name)
            is_field = name in self.module.fields
            if len(found) + is_field > 1:
                means = [f"the field {name}"] * is_field + [self._said(part) for part in found]
                self.draft.note("rule_name", name, item, at, (), ", ".join(means))
            elif is_field:
                fields.append(name)
                self.draft.mention(at, item, Thing("field", f"{self.module.key}.{name}"), "binds")
            elif found:
                parts += found
            else:
                self._unknown(name, item, at, [*self.parts.tabs, *self.parts.blocks])
        return fields, parts

    def _said(self, part: str) -> str:
        return f"the tab {part}" if part in self.parts.tabs else f"the block {part}"

    def _fields(self, node: MapNode, place: Path) -> Iterator[str]:
        listed = node.list(place[-1])
        for position, item in enumerate(listed.scalars() if listed else ()):
            if self._field(str(item.value), item, (*place, str(position))) is not None:
                yield str(item.value)

    def _field(self, name: str, at: Node, place: Path) -> Field | None:
        field = self.module.fields.get(name)
        if field is None:
            self._unknown(name, at, place)
        else:
            does = "writes" if "set" in place[3:] else "binds"
            self.draft.mention(place, at, Thing("field", f"{self.module.key}.{name}"), does)
        return field

    def _unknown(self, name: str, at: Node, place: Path, parts: list[str] | None = None) -> None:
        if not self.draft.is_broken(*self.path, "fields", name):
            about = f"{self.module.key} has" if parts is None else f"{self.module.key} has no such part, and"
            self.draft.note("field", name, at, place, [*self.module.fields, *(parts or ())], about)

    def _limits(self, node: MapNode, place: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
        written = node.map("limit")
        for name, items in written.items.items() if written else ():
            field = self._field(name, written.keys[name], (*place, name)) if written else None
            if field is None or not isinstance(items, ListNode):
                continue
            if field.computed is not None:
                self.draft.note(
                    "rule", f"{name} is computed, and nobody chooses its value", items, (*place, name)
                )
            elif field.type not in PICKLISTS:
                about = f"{name} is of the type {field.type}, and only the values of a picklist are limited"
                self.draft.note("rule", about, items, (*place, name))
            else:
                yield name, tuple(self._values(field, items, (*place, name)))

    def _values(self, field: Field, items: ListNode, place: Path) -> Iterator[str]:
        picklist = field.settings["picklist"]
        known = self.draft.picklists[picklist].values
        for position, item in enumerate(items.scalars()):
            key = str(item.value)
            if key in known:
                value = Thing("value", f"{picklist}.{key}")
                self.draft.mention((*place, str(position)), item, value, "binds")
                yield key
            elif not self.draft.is_broken("picklists", picklist, "values", key):
                self.draft.note("next", key, item, (*place, str(position)), list(known), picklist)

    def _sets(self, rule: str, node: MapNode, when: Expression | None, place: Path) -> Iterator[Formula]:
        written = node.map("set")
        for name, value in written.items.items() if written else ():
            where = (*place, name)
            field = self._field(name, written.keys[name], where) if written else None
            given = self._given(field, value, where) if field is not None else None
            if given is not None:
                key, origin = f"{rule}.{name}", self.draft.origin(value)
                yield Formula(key, name, (), when, given, True, None, origin, rule=rule)

    def _given(self, field: Field, node: Node, place: Path) -> Expression | None:
        """What a field gets: an expression behind an =, or a literal, written as in REST."""
        kind = self.draft.types[field.type]
        if field.computed is not None:
            self.draft.note(
                "rule", f"{field.key} is computed, and its own formula alone fills it", node, place
            )
            return None
        if kind.linked or kind.given or kind.hidden:
            self.draft.note("rule", f"a field of the type {field.type} is set by no rule", node, place)
            return None
        if is_expression(node):
            return resolve_saved(self.draft, node, self.module.key, place, field.value_type)
        wrong = self._misfit(field, node)
        if wrong:
            self.draft.note("rule", wrong, node, place)
            return None
        text = node.text if isinstance(node, Scalar) else field.key
        literal = Literal(field.value_type, 0, len(text), node.plain)
        found = Expression(text, node.span, field.value_type, literal)
        self.draft.mention(place, node, found)
        return found

    def _misfit(self, field: Field, node: Node) -> str:
        if field.targets:
            return f"{field.key} points at records, and which there will be is not known here"
        try:
            self.draft.types[field.type].parse(node.plain, field, self.fields.parsing)
        except InvalidValueError as error:
            return f"the value of {field.key} does not fit: {error}"
        return ""
