"""Inlining: a virtual field that an expression reads stands in it with its own tree.

So nothing else knows of virtual fields: the tree reads stored fields alone. Where the field was read over a
path (``account.is_overdue``), everything that its tree reads is led over the same path.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from runtime.expressions import codes
from runtime.expressions.fitting import Report
from runtime.expressions.tree import (
    Aggregate,
    Attribute,
    Call,
    Changed,
    Items,
    Kept,
    Node,
    Operation,
    Read,
    Shared,
    walk_all,
)
from runtime.model.catalog import Field, Path
from runtime.model.types import BOOLEAN

LARGEST = 2000
"""How many parts an expression may have with all its virtual fields in it."""

N = TypeVar("N", bound=Node)
Change = Callable[[Node, int], Node | None]
"""Gives what stands in a node's place, None to look at its parts. The number tells how many aggregates the
node lies in."""
Find = Callable[[Field], Field]
"""Gives a field of a path as it is now."""


def inlined(tree: Node, report: Report, find: Find | None = None) -> Node | None:
    """The tree without virtual fields; None, and reported, where one cannot be.

    ``find`` is asked for the fields of all paths, where those in the tree are not as they are now.
    """
    inlining = _Inlining(report, find)
    if find is None and not any(
        isinstance(node, Read) and inlining.is_virtual(node) for node in walk_all(tree)
    ):
        return tree
    found = rebuilt(tree, inlining.change)
    if not inlining.failed and sum(1 for _ in walk_all(found)) > LARGEST:
        message = f"The expression has more than {LARGEST:,} parts with the virtual fields that it reads."
        report(codes.TOO_LARGE, tree.start, tree.end, message)
        return None
    return None if inlining.failed else found


class _Inlining:
    def __init__(self, report: Report, find: Find | None) -> None:
        self._report = report
        self._find = find or (lambda field: field)
        self.failed = False

    def change(self, node: Node, depth: int) -> Node | None:
        """The tree of a virtual field; the others of a path as they are now."""
        if isinstance(node, Changed) and any(self.is_virtual(field) for field in node.fields):
            return self._refuse(node)
        if not isinstance(node, Read) or node.link:
            return None
        if not self.is_virtual(node):
            return self._refreshed(node)
        tree = self._tree(node)
        if tree is None or len(node.paths) > 1 or node.old or (node.outer and _asks_outside(tree)):
            return self._refuse(node)
        return led(tree, node)

    def is_virtual(self, node: Read) -> bool:
        """Whether the field that is read is virtual."""
        return any(self._find(path.field).is_virtual for path in node.paths)

    def _tree(self, node: Read) -> Node | None:
        computed = self._find(node.paths[0].field).computed
        return None if computed is None else computed.kept

    def _refreshed(self, node: Read) -> Node:
        paths = tuple(
            Path(path.text, tuple(map(self._find, path.fields)), path.attribute) for path in node.paths
        )
        return replace(node, paths=paths)

    def _refuse(self, node: Node) -> Node:
        self.failed = True
        message = "A virtual field is worked out where it is read: this cannot be asked of it."
        self._report(codes.VIRTUAL, node.start, node.end, message, "name what the field itself reads")
        return node


def tree_of(path: tuple[Field, ...]) -> Node:
    """What the virtual field at the end of a path is, for the record that the path begins at."""
    field = path[-1]
    if field.computed is None:
        raise LookupError(f"{field.key} is no computed field.")
    keys = tuple(each.key for each in path)
    return led(field.computed.kept, Read(field.value_type, 0, 0, (Path(".".join(keys), path),), keys))


def led(tree: Node, read: Read) -> Node:
    """A field's tree as it is where the field is read over the path of this read; empty where that leads
    nowhere.
    """
    way, keys = read.paths[0].hops, read.keys[:-1]

    def change(node: Node, depth: int) -> Node | None:
        here = depth == 0 and not getattr(node, "outer", False)
        asking = depth == 1 and getattr(node, "outer", False)
        if isinstance(node, Read) and (here or asking) and not node.link:
            return replace(
                node,
                paths=tuple(_path((*way, *path.fields), path) for path in node.paths),
                keys=(*keys, *node.keys),
                outer=read.outer or asking,
            )
        if isinstance(node, Aggregate) and (here or asking):
            first, *rest = node.steps
            steps = (replace(first, hops=(*way, *first.hops)), *rest) if first.kind != "all" else node.steps
            key = ".".join((*keys, node.key))
            node = replace(node, steps=steps, outer=read.outer or asking, key=key)
            return _deeper(node, change, depth)
        return None

    return _placed(_where_it_leads(rebuilt(tree, change), read), read)


def _where_it_leads(tree: Node, read: Read) -> Node:
    way, keys = read.paths[0].hops, read.keys[:-1]
    if not way:
        return tree
    if isinstance(tree, Kept):
        return replace(tree, of=_where_it_leads(tree.of, read))
    end = Read(way[-1].value_type, 0, 0, (Path(".".join(keys), way),), keys, read.outer)
    missing = Call(BOOLEAN, 0, 0, "is_empty", (end,))
    return Call(tree.type, 0, 0, "if_", (Operation(BOOLEAN, 0, 0, "not", (missing,)), tree))


def rebuilt(node: Node, change: Change, depth: int = 0) -> Node:
    """The tree with what ``change`` gives."""
    found = change(node, depth)
    return found if found is not None else _deeper(node, change, depth)


def _deeper(node: Node, change: Change, depth: int) -> Node:
    def each(part: N) -> N:
        return rebuilt(part, change, depth)  # type: ignore[return-value]

    def inner(part: Node | None) -> Node | None:
        return None if part is None else rebuilt(part, change, depth + 1)

    match node:
        case Items():
            return replace(node, items=tuple(map(each, node.items)))
        case Attribute() | Kept() | Shared():
            return replace(node, of=each(node.of))
        case Operation():
            return replace(node, operands=tuple(map(each, node.operands)))
        case Call():
            return replace(node, arguments=tuple(map(each, node.arguments)))
        case Changed():
            return replace(node, fields=tuple(map(each, node.fields)))
        case Aggregate():
            value, condition, order = inner(node.value), inner(node.condition), inner(node.order)
            return replace(node, value=value, condition=condition, order=order)
    return node


def _placed(tree: Node, read: Read) -> Node:
    """The tree with all of it where the field was read."""

    def change(node: Node, depth: int) -> Node | None:
        return _deeper(replace(node, start=read.start, end=read.end), change, depth)

    return rebuilt(tree, change)


def _path(fields: tuple[Field, ...], path: Path) -> Path:
    return Path(".".join(field.key for field in fields), fields, path.attribute)


def _asks_outside(tree: Node) -> bool:
    """Whether something in it is an aggregate whose condition names the record that asks."""
    found = (node for node in walk_all(tree) if isinstance(node, Aggregate))
    return any(
        getattr(part, "outer", False) for each in found for inner in each.inner for part in walk_all(inner)
    )
