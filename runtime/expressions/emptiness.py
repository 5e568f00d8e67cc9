"""Emptiness: whether the value of an expression may be empty, as far as its text tells."""

from collections.abc import Callable

from runtime.expressions.tree import Aggregate, Call, Kept, Literal, Node, Operation, Read
from runtime.model.catalog import Field

Find = Callable[[Field], Field]
"""A field as it is known by now: what computes it may be found later than its readers."""

NEVER = ("sum", "count", "exists", "any_of")
"""What counts over related records gives over none, too: 0, or no."""
AS_ITS_VALUES = ("round", "floor", "ceil", "abs", "min", "max")
"""Functions that are empty only where one of their values is."""


def as_it_is(field: Field) -> Field:
    """The field itself."""
    return field


def may_be_empty(node: Node, find: Find = as_it_is) -> bool:
    """Whether a value may be empty; what nobody can tell may be."""
    match node:
        case Kept():
            return may_be_empty(node.of, find)
        case Literal():
            return node.value is None
        case Aggregate():
            return node.function not in NEVER
        case Read():
            return len(node.keys) > 1 or is_optional(node, find)
        case Operation():
            return _operation(node, find)
        case Call():
            return _call(node, find)
    return True


def is_optional(read: Read, find: Find = as_it_is) -> bool:
    """Whether the field that is read need not have a value: nobody must write it, and no formula gives it."""
    field = find(read.paths[0].field)
    if field.computed is not None:
        return may_be_empty(field.computed.expression.tree, find)
    return not field.required and not field.system and field.default is None


def _operation(node: Operation, find: Find) -> bool:
    if node.operator in ("+", "-", "*", "-…", "+…"):
        return any(may_be_empty(operand, find) for operand in node.operands)
    if node.operator in ("/", "//", "%"):
        over, by = node.operands
        return may_be_empty(over, find) or not (isinstance(by, Literal) and bool(by.value))
    return node.operator == "**"


def _call(node: Call, find: Find) -> bool:
    empty = [may_be_empty(argument, find) for argument in node.arguments]
    if node.function == "default":
        return all(empty)
    if node.function in ("if_", "case"):
        pairs, rest = node.arguments[: len(empty) // 2 * 2], empty[len(empty) // 2 * 2 :]
        return any(empty[1 : len(pairs) : 2]) or not rest or rest[0]
    return node.function not in AS_ITS_VALUES or any(empty)
