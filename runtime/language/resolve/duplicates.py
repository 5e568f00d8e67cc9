"""Resolves ``duplicates``: by which fields a record is found that may be there already."""

from decimal import Decimal

from runtime.language.draft import Draft
from runtime.language.nodes import ListNode, MapNode, Node, Scalar
from runtime.language.shape import Path
from runtime.model.catalog import DuplicateRule, Field, Module
from runtime.model.uses import Thing

EXACTLY = Decimal(1)


def resolve_duplicates(draft: Draft, module: Module, tree: MapNode) -> tuple[DuplicateRule, ...]:
    """The rules of a module: one, or those of a list."""
    place = ("modules", module.key, "duplicates")
    node = tree.get("duplicates")
    if node is not None and module.parent is not None:
        draft.note("not_compared", module.key, node, place, (), "rows")
        return ()
    listed: list[tuple[Node, Path]] = []
    if isinstance(node, MapNode):
        listed = [(node, place)]
    elif isinstance(node, ListNode):
        listed = [(item, (*place, str(position))) for position, item in enumerate(node.items)]
    rules = (_rule(draft, module, item, at) for item, at in listed if isinstance(item, MapNode))
    return tuple(dict.fromkeys(rule for rule in rules if rule is not None))


def _rule(draft: Draft, module: Module, node: MapNode, place: Path) -> DuplicateRule | None:
    match = node.list("match")
    written = list(match.scalars()) if match is not None else []
    names = [str(item.value) for item in written]
    sound = [
        name
        for position, (name, item) in enumerate(zip(names, written, strict=True))
        if _is_compared(draft, module, name, item, (*place, "match", str(position)))
    ]
    if not names or len(sound) != len(names):
        return None
    fuzzy = node.scalar("fuzzy")
    part = Decimal(str(fuzzy.value)) if fuzzy is not None else EXACTLY
    if part < EXACTLY and not any(_is_free(draft, module, name) for name in names):
        assert fuzzy is not None
        draft.note("not_compared", str(fuzzy.value), fuzzy, (*place, "fuzzy"), (), "exact")
    return DuplicateRule(tuple(names), part, node.text("action") == "refuse")


def field_of(module: Module, name: str) -> Field | None:
    """A field by its key, or a part of one: ``address.city``."""
    whole, _, part = name.partition(".")
    field = module.field(whole)
    return field.parts.get(part) if field is not None and part else field


def _is_free(draft: Draft, module: Module, name: str) -> bool:
    field = field_of(module, name)
    return field is not None and draft.types[field.type].compared == "freely"


def _is_compared(draft: Draft, module: Module, name: str, item: Scalar, place: Path) -> bool:
    field = field_of(module, name)
    if field is None:
        whole = name.partition(".")[0]
        if not draft.is_broken("modules", module.key, "fields", whole):
            known = [one.key for one in module.all_fields()]
            draft.note("field", name, item, place, known, f"{module.key} has")
        return False
    if field.computed is not None:
        draft.note("not_compared", name, item, place, (), "computed")
        return False
    if draft.types[field.type].compared == "never" or field.whole not in module.fields:
        draft.note("not_compared", name, item, place, (), field.type)
        return False
    draft.mention(place, item, Thing("field", f"{module.key}.{field.whole}"), "binds")
    return True
