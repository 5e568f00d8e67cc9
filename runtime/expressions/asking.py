"""Asking: conditions whose SQL is the same whoever asks, but for the id of the one who does.

Such a statement is compiled once for everybody: :data:`ASKER` stands for the id in it, and whoever runs it
gives the real one.
"""

from collections.abc import Iterator

from runtime.expressions.tree import Node, Operation, Read, User
from runtime.model.types import RecordType


class Asker(int):
    """Stands for the id of whoever asks while a statement is compiled. It must never be computed with."""


ASKER = Asker(-1)


def is_for_anybody(tree: Node) -> bool:
    """Whether all that a condition asks of the user's id is whether a record is the user's own: then the id
    goes into the SQL as it is.
    """
    return all(_is_compared(parent) for node, parent in _with_parents(tree) if _is_asker(node))


def _is_asker(node: Node) -> bool:
    return isinstance(node, User) and node.key == "id"


def _is_compared(parent: Node | None) -> bool:
    if not isinstance(parent, Operation) or parent.operator not in ("==", "!="):
        return False
    others = [each for each in parent.operands if not _is_asker(each)]
    return (
        len(others) == 1
        and isinstance(others[0], Read)
        and all(isinstance(each.type, RecordType) for each in parent.operands)
    )


def _with_parents(node: Node, parent: Node | None = None) -> Iterator[tuple[Node, Node | None]]:
    yield node, parent
    for part in (*node.parts, *node.inner):
        yield from _with_parents(part, node)
