"""A quick look at a value: is it plainly what its schema wants? jsonschema is asked about every other.

Of the twenty thousand values of a large pack nearly all are plainly sound, and seeing that here keeps `check`
at a second. It only ever says yes to what jsonschema takes, too; a test holds the two together.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from runtime.language.nodes import ListNode, MapNode, Node, Scalar

Look = Callable[[Node], bool]
"""Whether a node is plainly sound."""

WORDLESS = frozenset(("title", "description", "default"))
"""What a schema says to people alone."""
UNDERSTOOD = WORDLESS | frozenset(
    (
        "type",
        "enum",
        "minLength",
        "maxLength",
        "pattern",
        "minimum",
        "maximum",
        "items",
        "minItems",
        "maxItems",
        "properties",
        "required",
        "additionalProperties",
        "minProperties",
    )
)
UNBOUNDED = 1 << 62


def look_for(schema: Any) -> Look:
    """The quick look for a schema; one that never says yes when there is more to it than this knows."""
    if schema == {}:
        return _always(schema)
    if not isinstance(schema, Mapping) or not schema.keys() <= UNDERSTOOD or "type" not in schema:
        return _never if not _is_enumeration(schema) else _enumeration(schema)
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if "enum" in schema:
        return _enumeration(schema) if kinds == ["string"] else _never
    looks = {kind: LOOKS[kind](schema) for kind in kinds if kind in LOOKS}

    def look(node: Node) -> bool:
        chosen = looks.get(_kind_of(node))
        return chosen is not None and chosen(node)

    if "number" in looks and "integer" not in looks:
        looks["integer"] = looks["number"]
    return look


def _never(node: Node) -> bool:
    return False


def _always(schema: Mapping[str, Any]) -> Look:
    return lambda node: True


def _is_enumeration(schema: Any) -> bool:
    return isinstance(schema, Mapping) and schema.keys() <= WORDLESS | {"enum"} and "enum" in schema


def _enumeration(schema: Mapping[str, Any]) -> Look:
    allowed = frozenset(one for one in schema["enum"] if isinstance(one, str))
    return lambda node: isinstance(node, Scalar) and isinstance(node.value, str) and node.value in allowed


def _kind_of(node: Node) -> str:
    if isinstance(node, Scalar):
        return KINDS[type(node.value)]
    return "object" if isinstance(node, MapNode) else "array"


def _text(schema: Mapping[str, Any]) -> Look:
    least, most = schema.get("minLength", 0), schema.get("maxLength", UNBOUNDED)
    pattern = re.compile(schema.get("pattern", ""))

    def look(node: Node) -> bool:
        assert isinstance(node, Scalar)
        text = str(node.value)
        return least <= len(text) <= most and pattern.search(text) is not None

    return look


def _number(schema: Mapping[str, Any]) -> Look:
    least, most = schema.get("minimum", -UNBOUNDED), schema.get("maximum", UNBOUNDED)
    return lambda node: least <= node.value <= most  # type: ignore[attr-defined]


def _list(schema: Mapping[str, Any]) -> Look:
    least, most = schema.get("minItems", 0), schema.get("maxItems", UNBOUNDED)
    item = look_for(schema["items"]) if "items" in schema else _always(schema)

    def look(node: Node) -> bool:
        assert isinstance(node, ListNode)
        return least <= len(node.items) <= most and all(map(item, node.items))

    return look


def _map(schema: Mapping[str, Any]) -> Look:
    least = schema.get("minProperties", 0)
    required = frozenset(schema.get("required", ()))
    values = {key: look_for(child) for key, child in schema.get("properties", {}).items()}
    others = schema.get("additionalProperties", True)
    other = _never if others is False else _always(schema) if others is True else look_for(others)

    def look(node: Node) -> bool:
        assert isinstance(node, MapNode)
        items = node.items
        return (
            least <= len(items)
            and required <= items.keys()
            and all(values.get(key, other)(child) for key, child in items.items())
        )

    return look


KINDS: Mapping[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    Decimal: "number",
    type(None): "null",
}
LOOKS: Mapping[str, Callable[[Mapping[str, Any]], Look]] = {
    "string": _text,
    "boolean": _always,
    "integer": _number,
    "number": _number,
    "object": _map,
    "array": _list,
}
