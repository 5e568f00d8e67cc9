"""What an expression names, and what must be fetched before it can be evaluated."""

from collections.abc import Iterable
from dataclasses import dataclass

from runtime.expressions.tree import (
    Aggregate,
    Call,
    Changed,
    IsNew,
    Literal,
    Node,
    Read,
    User,
    walk,
    walk_all,
)
from runtime.model.catalog import Path
from runtime.model.types import PicklistType

CLOCK = frozenset(["today", "now"])
"""The functions that read the clock."""


@dataclass(frozen=True, slots=True)
class References:
    """``fields`` are (module, field), each step of a path among them; ``values`` are (picklist, value).

    ``modules`` are those that are looked up by their name, ``constants`` and ``functions`` what is used of
    both.
    """

    fields: frozenset[tuple[str, str]]
    values: frozenset[tuple[str, str]]
    modules: frozenset[str] = frozenset()
    constants: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()


def references(tree: Node) -> References:
    """What the tree names, related records' fields included."""
    fields: set[tuple[str, str]] = set()
    values: set[tuple[str, str]] = set()
    modules: set[str] = set()
    constants: set[str] = set()
    functions: set[str] = set()
    for node in walk_all(tree):
        if isinstance(node, Read) and not node.link:
            fields.update((field.module, field.whole) for path in node.paths for field in path.fields)
        elif isinstance(node, Literal):
            if isinstance(node.type, PicklistType) and isinstance(node.value, str):
                values.add((node.type.picklist, node.value))
            if node.constant is not None:
                constants.add(node.constant)
        elif isinstance(node, Call):
            functions.add(node.function)
        elif isinstance(node, Aggregate):
            functions.add(node.function)
            for step in node.steps:
                fields.update((field.module, field.key) for field in step.hops)
                if step.via is not None:
                    fields.add((step.via.module, step.via.key))
                else:
                    modules.add(step.module)
    return References(*map(frozenset, (fields, values, modules, constants, functions)))  # type: ignore[arg-type]


def paths(tree: Node, outer: bool = False) -> tuple[Path, ...]:
    """What must be fetched of the record, or of the one that is one scope out, to evaluate the tree.

    A path is named once. Over a relation to several modules there is one for each module that has the field.
    What an aggregate reads of the record that asks is among them; what it reads of the related ones is not.
    """
    return _once(
        path for node in _reads(tree, outer) if not node.old and not node.link for path in node.paths
    )


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What an expression depends on: what is to be fetched before, and when its value may become another.

    ``paths`` are of the record as it is (or will be), ``old`` of the record before the save, ``outer`` of the
    record one scope out. ``aggregates`` are over records that are related to the record, ``outer_aggregates``
    to the one that is one scope out. ``clock``: it reads the time; ``user``: who is asking; ``saving``: it
    asks what a save changes.
    """

    paths: tuple[Path, ...] = ()
    old: tuple[Path, ...] = ()
    outer: tuple[Path, ...] = ()
    aggregates: tuple[Aggregate, ...] = ()
    outer_aggregates: tuple[Aggregate, ...] = ()
    clock: bool = False
    user: bool = False
    saving: bool = False

    def __or__(self, other: "Dependencies") -> "Dependencies":
        """What two expressions depend on together."""
        return Dependencies(
            _once((*self.paths, *other.paths)),
            _once((*self.old, *other.old)),
            _once((*self.outer, *other.outer)),
            _each_once((*self.aggregates, *other.aggregates)),
            _each_once((*self.outer_aggregates, *other.outer_aggregates)),
            self.clock or other.clock,
            self.user or other.user,
            self.saving or other.saving,
        )


def dependencies(tree: Node) -> Dependencies:
    """What the tree depends on."""
    nodes = tuple(walk(tree))
    everywhere = tuple(walk_all(tree))
    found = [node for node in nodes if isinstance(node, Aggregate)]
    before = (node for node in nodes if isinstance(node, Changed) for node in node.fields)
    old = (node for node in nodes if isinstance(node, Read) and node.old)
    return Dependencies(
        paths=paths(tree),
        old=_once(path for node in (*old, *before) for path in node.paths),
        outer=paths(tree, outer=True),
        aggregates=_each_once(node for node in found if not node.outer),
        outer_aggregates=_each_once(node for node in found if node.outer),
        clock=any(isinstance(node, Call) and node.function in CLOCK for node in everywhere),
        user=any(isinstance(node, User) for node in everywhere),
        saving=any(
            isinstance(node, IsNew | Changed) or (isinstance(node, Read) and node.old) for node in nodes
        ),
    )


def related_paths(aggregate: Aggregate) -> tuple[Path, ...]:
    """What must be fetched of each related record to work an aggregate out in Python."""
    return _once(path for inner in aggregate.inner for path in paths(inner))


def _reads(tree: Node, outer: bool) -> Iterable[Read]:
    for node in walk(tree):
        if isinstance(node, Read) and node.outer == outer:
            yield node
        elif isinstance(node, Aggregate) and not outer:
            # Inside, the record that asks is the one that is one scope out.
            for inner in node.inner:
                yield from _reads(inner, outer=True)


def _once(found: Iterable[Path]) -> tuple[Path, ...]:
    return tuple({_steps(path): path for path in found}.values())


def _each_once(found: Iterable[Aggregate]) -> tuple[Aggregate, ...]:
    return tuple({(node.module, node.key): node for node in found}.values())


def _steps(path: Path) -> tuple[tuple[str, str], ...]:
    return tuple((field.module, field.key) for field in path.fields)
