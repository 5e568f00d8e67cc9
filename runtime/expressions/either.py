"""Either: one condition of several of which one must hold, with what they have in common said once.

Ten sharing rules about won deals ask ten times whether a deal is won, of every record that a query passes;
drawn out, it is asked once, and the rest of the rules of the won ones alone. ``a and b or a and c`` holds
where ``a and (b or c)`` does, whatever is empty.
"""

from collections.abc import Sequence
from dataclasses import fields

from runtime.expressions.tree import Node, Operation
from runtime.model.types import BOOLEAN


def either(trees: Sequence[Node]) -> Node:
    """A tree that holds where one of these does; those that begin alike stand where the first of them did."""
    return _either([_conjuncts(each) for each in trees])


def _either(ways: Sequence[tuple[Node, ...]]) -> Node:
    groups: list[list[tuple[Node, ...]]] = []
    for way in ways:
        group = next((each for each in groups if is_same(each[0][0], way[0])), None)
        if group is None:
            groups.append([way])
        else:
            group.append(way)
    return _joined("or", [_begun_alike(each) for each in groups])


def _begun_alike(ways: Sequence[tuple[Node, ...]]) -> Node:
    first, rest = ways[0][0], [way[1:] for way in ways]
    if not all(rest):
        return first  # one of them asks for nothing more
    return _joined("and", [first, _either(rest)]) if len(ways) > 1 else _joined("and", ways[0])


def _conjuncts(tree: Node) -> tuple[Node, ...]:
    if isinstance(tree, Operation) and tree.operator == "and":
        return tuple(found for each in tree.operands for found in _conjuncts(each))
    return (tree,)


def _joined(operator: str, trees: Sequence[Node]) -> Node:
    return trees[0] if len(trees) == 1 else Operation(BOOLEAN, 0, 0, operator, tuple(trees))


def is_same(one: object, other: object) -> bool:
    """Whether two trees say the same, wherever they were written."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(is_same, one, other))
    if not isinstance(one, Node):
        return one == other
    if type(one) is not type(other):
        return False
    said = [each.name for each in fields(one) if each.name not in ("start", "end")]
    return all(is_same(getattr(one, name), getattr(other, name)) for name in said)
