"""Complaints: an error of jsonschema said in words, with the way to mend it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runtime.language import shape_codes as codes
from runtime.language.nodes import Node, Scalar
from runtime.language.words import names, near, shown

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

KINDS_OF_VALUE = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a map",
    "array": "a list",
    "null": "null",
}
WAYS = {
    "string": 'write a text; in quotes, "…", when it looks like something else',
    "integer": "write a whole number, without quotes",
    "number": "write a number, without quotes",
    "boolean": "write true or false; yes and no are texts",
    "object": "write a map: key: value, one a line, or {key: value}",
    "array": "write a list: [a, b], or one item a line after a dash",
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with one value, and how to mend it."""

    code: str
    message: str
    help: str


def complaint(error: "ValidationError", node: Node) -> Complaint:
    """What an error says of the value at a node."""
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    wanted: Any = error.validator_value
    value = error.instance
    if error.validator == "type":
        return _wrong_kind(node, [wanted] if isinstance(wanted, str) else wanted, schema.get("title"))
    if error.validator in ("enum", "const"):
        allowed = [str(one) for one in (wanted if isinstance(wanted, list) else [wanted])]
        help = near(str(value), allowed) or f"write one of {names(allowed, 24)}"
        return Complaint(codes.NOT_ONE_OF.name, f"{shown(value)} is not known here", help)
    what, help = _bounds(str(error.validator), wanted, schema.get("title"))
    return Complaint(codes.OUT_OF_BOUNDS.name, f"{shown(value)} {what}", help)


def _wrong_kind(node: Node, kinds: Sequence[str], title: str | None) -> Complaint:
    expected = title or " or ".join(KINDS_OF_VALUE[kind] for kind in kinds)
    help = f"write {title}" if title else WAYS[kinds[0]]
    if "string" in kinds and isinstance(node, Scalar):
        help = f'quote it: "{node.text}"'
    return Complaint(codes.WRONG_KIND.name, f"{shown(node.plain)} stands here; it must be {expected}", help)


def _bounds(rule: str, limit: Any, title: str | None) -> tuple[str, str]:
    """What is wrong with a value of the right kind, and how to mend it."""
    match rule:
        case "minLength" | "minItems" | "minProperties":
            what = "is empty" if limit == 1 else "is too short"
            return what, "write something, or take the key out" if limit == 1 else f"write {limit} or more"
        case "maxLength" | "maxItems" | "maxProperties":
            return "is too long", f"{limit} is the most"
        case "minimum":
            return "is too small", f"write {limit} or more"
        case "maximum":
            return "is too large", f"write {limit} or less"
        case "exclusiveMinimum":
            return "is too small", f"write more than {limit}"
        case "uniqueItems":
            return "has an item twice", "take one of them out"
        case "format" if limit == "date":
            return "is no date", "write year-month-day: 2026-12-25"
    expected = title or "of the form that it must have"
    return f"is not {expected}", f"write {expected}" if title else "see the reference for its form"
