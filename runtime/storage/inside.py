"""Texts that a condition looks for inside a field: where the record's own search text has the field, too, the
trigram index finds them first.
"""

from collections.abc import Iterator

from runtime.expressions.text import fold
from runtime.expressions.tree import Call, Literal, Node, Operation, Read
from runtime.model.catalog import Expression, Module
from runtime.model.types import TEXT
from runtime.storage.searching import LEAST, own_search_fields

FUNCTIONS = frozenset(("contains", "starts_with", "ends_with"))
"""The functions that hold of a text only if it has the other one in it."""


def looked_for(conditions: tuple[Expression, ...], module: Module) -> tuple[str, ...]:
    """The folded texts that every record which meets the conditions has in its search text."""
    known = {field.key for field in own_search_fields(module) if field.value_type == TEXT}
    found = (text for each in conditions for text in _texts(each.tree, known))
    return tuple(dict.fromkeys(text for text in found if len(text) >= LEAST))


def _texts(node: Node, known: set[str]) -> Iterator[str]:
    if isinstance(node, Operation) and node.operator == "and":
        for part in node.operands:
            yield from _texts(part, known)
    if isinstance(node, Call) and node.function in FUNCTIONS:
        of, text = node.arguments
        if _own_key(of) in known and isinstance(text, Literal) and isinstance(text.value, str):
            yield fold(text.value)


def _own_key(node: Node) -> str | None:
    # The field of the record's own that is read, by its key.
    if not isinstance(node, Read) or node.outer or len(node.paths) != 1 or node.paths[0].hops:
        return None
    return node.paths[0].field.key
