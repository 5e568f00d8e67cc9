"""What an expression names: the fields it reads, and the picklist values it compares with."""

from dataclasses import dataclass

from runtime.expressions.tree import Literal, Node, Read, walk
from runtime.model.catalog import Path
from runtime.model.types import PicklistType


@dataclass(frozen=True, slots=True)
class References:
    """``fields`` are (module, field), each step of a path among them; ``values`` are (picklist, value)."""

    fields: frozenset[tuple[str, str]]
    values: frozenset[tuple[str, str]]


def references(tree: Node) -> References:
    """What the tree names."""
    fields: set[tuple[str, str]] = set()
    values: set[tuple[str, str]] = set()
    for node in walk(tree):
        if isinstance(node, Read):
            fields.update((field.module, field.whole) for path in node.paths for field in path.fields)
        elif (
            isinstance(node, Literal) and isinstance(node.type, PicklistType) and isinstance(node.value, str)
        ):
            values.add((node.type.picklist, str(node.value)))
    return References(frozenset(fields), frozenset(values))


def paths(tree: Node, outer: bool = False) -> tuple[Path, ...]:
    """What must be fetched of the record, or of the one that is one scope out, to evaluate the tree.

    A path is named once. Over a relation to several modules there is one for each module that has the field.
    """
    found: dict[tuple[tuple[str, str], ...], Path] = {}
    for node in walk(tree):
        if isinstance(node, Read) and node.outer == outer:
            found.update((_steps(path), path) for path in node.paths)
    return tuple(found.values())


def _steps(path: Path) -> tuple[tuple[str, str], ...]:
    return tuple((field.module, field.key) for field in path.fields)
