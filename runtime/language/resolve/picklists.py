"""Resolves picklists: values with their attributes, one type for each attribute."""

from decimal import Decimal
from types import MappingProxyType

from runtime.language.draft import Draft
from runtime.language.kinds.picklists import OWN_KEYS
from runtime.language.nodes import ListNode, MapNode, Scalar
from runtime.language.resolve.labels import Labels
from runtime.model.catalog import Picklist, PicklistValue
from runtime.model.types import BOOLEAN, DECIMAL, INTEGER, TEXT, ValueType
from runtime.model.uses import Thing


def resolve_picklists(draft: Draft, labels: Labels) -> None:
    """Fill the draft's picklists."""
    for key, tree in draft.trees.get("picklists", {}).items():
        draft.picklists[key] = _picklist(draft, labels, key, tree)


def _picklist(draft: Draft, labels: Labels, key: str, tree: MapNode) -> Picklist:
    path = ("picklists", key)
    nodes = dict((tree.map("values") or tree).maps()) if tree.map("values") else {}
    types = _attribute_types(draft, key, nodes)
    values = {
        name: PicklistValue(
            name,
            labels.named((*path, "values", name), node),
            node.text("color"),
            MappingProxyType({attribute: _value(node, attribute, types[attribute]) for attribute in types}),
            draft.origin(node),
            next=_next(draft, key, name, node, list(nodes)),
            roles=_texts(node.list("roles")),
        )
        for name, node in nodes.items()
    }
    return Picklist(
        key, MappingProxyType(values), MappingProxyType(types), draft.origin(tree), labels.named(path, tree)
    )


def _next(draft: Draft, key: str, name: str, node: MapNode, known: list[str]) -> tuple[str, ...] | None:
    """The values that may follow one; those that the picklist lacks are noted."""
    following = node.list("next")
    if following is None:
        return None
    for position, item in enumerate(following.scalars()):
        place = ("picklists", key, "values", name, "next", str(position))
        if item.value in known:
            draft.mention(place, item, Thing("value", f"{key}.{item.value}"), "binds")
        elif not draft.is_broken("picklists", key, "values", str(item.value)):
            draft.note("next", str(item.value), item, place, known, key)
    return _texts(following)


def _texts(node: ListNode | None) -> tuple[str, ...] | None:
    return None if node is None else tuple(str(item.value) for item in node.scalars())


def _attribute_types(draft: Draft, key: str, nodes: dict[str, MapNode]) -> dict[str, ValueType]:
    """The type of each attribute; one that differs between values is noted, and left out."""
    types: dict[str, ValueType] = {}
    mixed: set[str] = set()
    for name, node in nodes.items():
        for attribute, scalar in node.items.items():
            if attribute in OWN_KEYS or not isinstance(scalar, Scalar):
                continue
            written = _type_of(scalar.value)
            known = types.setdefault(attribute, written)
            if known == written:
                continue
            if {known, written} == {INTEGER, DECIMAL}:
                types[attribute] = DECIMAL
                continue
            draft.note(
                "attribute_type",
                attribute,
                scalar,
                ("picklists", key, "values", name, attribute),
                (),
                f"{known}|{written}",
            )
            mixed.add(attribute)
    draft.broken_words |= mixed
    return {attribute: kind for attribute, kind in types.items() if attribute not in mixed}


def _type_of(value: object) -> ValueType:
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int):
        return INTEGER
    return DECIMAL if isinstance(value, Decimal) else TEXT


def _value(node: MapNode, attribute: str, kind: ValueType) -> object:
    scalar = node.scalar(attribute)
    if scalar is None:
        return None
    return Decimal(scalar.value) if kind == DECIMAL and isinstance(scalar.value, int) else scalar.value
