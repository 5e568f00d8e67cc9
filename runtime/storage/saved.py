"""What a saved list asks of an index: first what its condition holds equal, last what else it reads.

Such an index alone finds the list's records in their order, and counts them, without a look at the table.
"""

from collections.abc import Iterator

from runtime.expressions.tree import Node, Operation, Read, reads_record, walk
from runtime.model.catalog import Field, Filter
from runtime.model.types import TEXT, ListType


def equal_keys(saved: Filter) -> tuple[str, ...]:
    """The record's own fields that every record of the list has the same value in."""
    found = (_equal(part) for part in _conjuncts(saved.where.tree)) if saved.where is not None else ()
    return tuple(dict.fromkeys(field.key for field in found if field is not None and _fits(field)))


def carried_keys(saved: Filter) -> tuple[str, ...]:
    """The other fields that its condition and quick filters read; none when it reads more than an index
    has.
    """
    nodes = walk(saved.where.tree) if saved.where is not None else ()
    fields = [_own(node) for node in nodes if isinstance(node, Read) and not node.outer]
    if not all(field is not None and _fits(field) for field in fields):
        return ()
    quick = [path.field for path in saved.quick if not path.hops and _fits(path.field)]
    keys = dict.fromkeys(field.key for field in (*fields, *quick) if field is not None)
    return tuple(key for key in keys if key not in equal_keys(saved))


def _conjuncts(node: Node) -> Iterator[Node]:
    if isinstance(node, Operation) and node.operator == "and":
        for part in node.operands:
            yield from _conjuncts(part)
    else:
        yield node


def _equal(node: Node) -> Field | None:
    if not isinstance(node, Operation) or node.operator != "==":
        return None
    for one, other in (node.operands, node.operands[::-1]):
        if isinstance(one, Read) and not one.outer and not reads_record(other):
            return _own(one)
    return None


def _own(node: Read) -> Field | None:
    alone = len(node.paths) == 1 and not node.paths[0].hops
    return node.paths[0].field if alone else None


def _fits(field: Field) -> bool:
    # Texts may be longer than an index takes, and links are in tables of their own.
    return field.value_type != TEXT and not isinstance(field.value_type, ListType)
