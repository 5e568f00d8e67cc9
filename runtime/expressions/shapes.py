"""Shapes: a condition with holes (``{field} == {value}``) that is written, and known again in a typed tree.

The holes are ``{field}``, ``{day}`` (a field by its date), ``{value}``, ``{low}``, ``{high}``, ``{values}``
(inside a list's brackets) and ``{n}`` (a whole number of 1 or more).
"""

import ast
import itertools
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from runtime.expressions.tree import Attribute, Call, Items, Literal, Node, Operation, Read, User
from runtime.model.types import DATETIME, INTEGER, RecordType

MOST = 36_500
"""The largest number that a hole takes: a hundred years of days."""

_HOLE = re.compile(r"\{(\w+)\}")
_PREFIX = "hole_"
_SIGNS: Mapping[type[ast.AST], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Add: "+",
    ast.Sub: "-",
    ast.And: "and",
    ast.Or: "or",
    ast.Not: "not",
}

Found = dict[str, Node]


class Shape:
    """A condition with holes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.holes = tuple(
            dict.fromkeys(name for name in _HOLE.findall(text) if name not in ("field", "day"))
        )
        self._syntax = ast.parse(_HOLE.sub(rf"{_PREFIX}\1", text), mode="eval").body

    @property
    def is_loose(self) -> bool:
        """Whether it needs brackets beside another condition."""
        return isinstance(self._syntax, ast.BoolOp)

    @property
    def root(self) -> str:
        """What a condition of this shape is outermost: an operator, a function, or '' for the field alone."""
        match self._syntax:
            case ast.Compare(ops=[op]) | ast.BoolOp(op=op) | ast.UnaryOp(op=op):
                return _SIGNS[type(op)]
            case ast.Compare():
                return "and"
            case ast.Call(func=ast.Name(id=name)):
                return name
        return ""

    def match(self, node: Node) -> Found | None:
        """What stands in the holes of a condition of this shape, ``field`` among them; None for another."""
        found: Found = {}
        return found if _fits(self._syntax, node, found) else None

    def write(self, path: str, texts: Mapping[str, str]) -> str:
        """The condition with its holes filled."""
        return self.text.format(field=path, day=path, **texts)


def root_of(node: Node) -> str:
    """What a condition is outermost, as :attr:`Shape.root` names it."""
    if isinstance(node, Operation):
        return node.operator
    return node.function if isinstance(node, Call) else ""


def path_of(node: Node) -> str | None:
    """The path that is written for a field, or for an attribute of a picklist's value; None for all else."""
    if isinstance(node, Attribute):
        before = path_of(node.of) if isinstance(node.of, Read) else None
        return None if before is None else f"{before}.{node.name}"
    if not isinstance(node, Read) or not node.own:
        return None
    is_id = node.type == INTEGER and isinstance(node.paths[0].field.value_type, RecordType)  # `account.id`
    path = ".".join(node.keys)
    return path if path == node.paths[0].text and not is_id else None  # `this` has another name


def is_plain(node: Node) -> bool:
    """Whether a literal is a value that stands in a control as it is written."""
    if not isinstance(node, Literal) or node.constant is not None or node.value is None:
        return False
    match node.value:
        case str():
            return not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", node.value)
        case Decimal():
            return (
                node.value.as_tuple().exponent != 0
            )  # `5.` is read as a decimal, and written as a whole number
        case bool() | datetime():
            return False
    return True


def _fits(pattern: ast.expr, node: Node, found: Found) -> bool:
    match pattern:
        case ast.Name(id=name) if name.startswith(_PREFIX):
            return _fill(name.removeprefix(_PREFIX), node, found)
        case ast.Name(id="user"):
            return isinstance(node, User) and node.key == "id"
        case ast.Attribute(value=ast.Name(id="user"), attr=key):
            return isinstance(node, User) and node.key == key
        case ast.Constant(value=value):
            return isinstance(node, Literal) and node.constant is None and node.value == value
        case ast.Call(func=ast.Name(id=name), args=arguments):
            called = isinstance(node, Call) and node.function == name
            return called and _all_fit(arguments, node.parts, found)
        case ast.List(elts=[ast.Name(id=name)]):
            return _fill(name.removeprefix(_PREFIX), node, found)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _is(node, "not") and _all_fit([operand], node.parts, found)
        case ast.BinOp(left=left, op=op, right=right):
            return _is(node, _SIGNS[type(op)]) and _all_fit([left, right], node.parts, found)
        case ast.BoolOp(op=op, values=values):
            return _is(node, _SIGNS[type(op)]) and _all_fit(values, node.parts, found)
        case ast.Compare():
            return _compares(pattern, node, found)
    return False


def _compares(pattern: ast.Compare, node: Node, found: Found) -> bool:
    """``a <= b <= c`` is two comparisons that both hold."""
    sides = [pattern.left, *pattern.comparators]
    pairs = [[left, right] for left, right in itertools.pairwise(sides)]
    parts = (node,) if len(pairs) == 1 else node.parts if _is(node, "and") else ()
    return len(parts) == len(pairs) and all(
        _is(part, _SIGNS[type(op)]) and _all_fit(pair, part.parts, found)
        for op, pair, part in zip(pattern.ops, pairs, parts, strict=True)
    )


def _all_fit(patterns: list[ast.expr], nodes: tuple[Node, ...], found: Found) -> bool:
    return len(patterns) == len(nodes) and all(
        _fits(pattern, node, found) for pattern, node in zip(patterns, nodes, strict=True)
    )


def _is(node: Node, operator: str) -> bool:
    return isinstance(node, Operation) and node.operator == operator


def _fill(hole: str, node: Node, found: Found) -> bool:
    if hole == "day":
        hole = "field"
        if isinstance(node, Call) and node.function == "date" and node.parts[0].type == DATETIME:
            node = node.parts[0]
        elif node.type == DATETIME:
            return False
    if hole == "field" and path_of(node) is None:
        return False
    if hole == "n" and not _is_count(node):
        return False
    if hole == "values" and not (isinstance(node, Items) and node.items and all(map(is_plain, node.items))):
        return False
    if hole in ("value", "low", "high") and not is_plain(node):
        return False
    if hole in found:
        return path_of(found[hole]) == path_of(node)
    found[hole] = node
    return True


def _is_count(node: Node) -> bool:
    return (
        isinstance(node, Literal)
        and node.constant is None
        and node.type == INTEGER
        and isinstance(node.value, int)
        and 1 <= node.value <= MOST
    )
