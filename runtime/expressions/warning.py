"""What is right and yet may be wrong: warnings, and parts that cannot be SQL where they must be."""

from collections.abc import Iterator, Mapping

from runtime.expressions import codes
from runtime.expressions.emptiness import Find, as_it_is, is_optional
from runtime.expressions.functions.base import Function
from runtime.expressions.reading import Finding
from runtime.expressions.tree import (
    Aggregate,
    Attribute,
    Call,
    Items,
    Literal,
    Node,
    Operation,
    Read,
    User,
    reads_record,
    walk,
    walk_all,
)
from runtime.model.types import BOOLEAN, DATE, DATETIME, DURATION, MONEY, NUMBERS, ValueType

_COMPARING = ("==", "!=", "<", "<=", ">", ">=", "in", "not in")
_CLOCK = ("today", "now")


def not_sql(tree: Node, functions: Mapping[str, Function]) -> Iterator[Finding]:
    """What the database cannot work out, where it must."""
    for node in walk_all(tree):
        if not isinstance(node, Call) or not functions[node.function].no_sql:
            continue
        if any(reads_record(argument) for argument in node.arguments) or _reads_outer(node):
            message = f"{node.function} cannot be SQL: {functions[node.function].no_sql}."
            help_text = "compute it in a field formula, and ask for the field"
            yield Finding(codes.NOT_SQL, node.start, node.end, message, help_text)


def _reads_outer(node: Node) -> bool:
    return any(isinstance(part, Read) for part in walk(node))


def warnings(tree: Node, expect: ValueType | None, find: Find = as_it_is) -> Iterator[Finding]:
    """What may be meant otherwise. ``find`` gives a field as it is known by now."""
    for node in walk_all(tree):
        yield from _label(node)
    yield from _always(tree, whole=True)
    if expect is not None and expect != BOOLEAN:
        yield from _may_be_empty(tree, find)


def _label(node: Node) -> Iterator[Finding]:
    if not isinstance(node, Operation) or node.operator not in _COMPARING:
        return
    sides = [item for side in node.operands for item in (side.items if isinstance(side, Items) else (side,))]
    label = next((s for s in sides if isinstance(s, Attribute) and s.name == "label"), None)
    if label is not None and any(isinstance(side, Literal) for side in sides):
        message = "A label is compared, and labels change."
        help_text = "compare the value's key, or its kind"
        yield Finding(codes.LABEL, label.start, label.end, message, help_text, is_warning=True)


def _always(node: Node, whole: bool = False) -> Iterator[Finding]:
    """Conditions that are the same for every record; a bare ``true`` or ``false`` alone is meant so."""
    if isinstance(node, Operation) and node.type == BOOLEAN:
        if not _varies(node):
            message = "This condition is the same for every record."
            yield Finding(codes.ALWAYS, node.start, node.end, message, is_warning=True)
            return
        if node.operator in ("==", "!=", "<", "<=", ">", ">=") and _alike(*node.operands):
            message = "Something is compared with itself."
            yield Finding(codes.ALWAYS, node.start, node.end, message, is_warning=True)
            return
        if node.operator in ("and", "or"):
            for part in node.operands:
                if isinstance(part, Literal) and part.constant is None:
                    message = f'This part of the "{node.operator}" is always the same.'
                    yield Finding(codes.ALWAYS, part.start, part.end, message, is_warning=True)
    for part in (*node.parts, *node.inner):
        yield from _always(part)


def _varies(node: Node) -> bool:
    for part in walk(node):
        if isinstance(part, Read | User | Aggregate) or (isinstance(part, Literal) and part.constant):
            return True
        if isinstance(part, Call) and part.function in _CLOCK:
            return True
        if type(part).__name__ in ("IsNew", "Changed"):
            return True
    return False


def _alike(left: Node, right: Node) -> bool:
    if isinstance(left, Read) and isinstance(right, Read):
        return (left.keys, left.outer, left.old, left.link) == (
            right.keys,
            right.outer,
            right.old,
            right.link,
        )
    return False


def _may_be_empty(tree: Node, find: Find) -> Iterator[Finding]:
    """A field that may be empty among what is added up or subtracted."""
    for node in walk(tree):
        if not isinstance(node, Operation) or node.operator not in ("+", "-"):
            continue
        if node.type not in (*NUMBERS, MONEY, DURATION):
            continue
        for side in node.operands:
            if not isinstance(side, Read) or len(side.keys) > 1 or side.type in (DATE, DATETIME):
                continue
            if is_optional(side, find):
                name = ".".join(side.keys)
                message = f'"{name}" may be empty, and then all of this is.'
                help_text = f"write default({name}, 0), if nothing counts as 0"
                yield Finding(codes.MAY_BE_EMPTY, side.start, side.end, message, help_text, is_warning=True)
