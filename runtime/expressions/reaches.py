"""Reaches: from which fields of which records an expression takes its value, as ways that can be walked back.

A computed field reads other records over to-one relations and through aggregates. Each thing that it reads
stands at the end of a way of hops; when it changes there, the records at the way's beginning are the ones
whose value may be another now.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from runtime.expressions.tree import Aggregate, Node, Read, Step
from runtime.model.catalog import Field, Path
from runtime.model.types import ListType, RecordType

THERE = ""
"""Stands in the place of a field: it is read whether the record is there, and not in the bin."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a way, from a record of ``here`` to one or several of ``there``.

    ``kind`` says how they hang together: ``one`` (the field of the first points at the second), ``inverse``
    or ``rows`` (the field of the second points at the first), ``links`` (the field of the first links to the
    second), ``linked`` (the field of the second links to the first), or ``all``: every record of ``there`` is
    looked at.
    """

    kind: str
    here: str
    there: str
    field: Field | None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells it apart from other hops."""
        return (self.kind, self.here, self.there, "" if self.field is None else self.field.whole)

    @property
    def hangs_by(self) -> tuple[str, str] | None:
        """The module and the field of the records there by which they hang on those here."""
        back = self.kind in ("inverse", "rows", "linked") and self.field is not None
        return (self.there, self.field.whole) if back and self.field is not None else None


Way = tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """The value depends on ``field`` of the records of ``module`` that the hops lead to.

    The field is :data:`THERE` where it depends on which records there are.
    """

    way: Way
    module: str
    field: str


def reaches(tree: Node, module: str) -> tuple[Reach, ...]:
    """Everything that the value of a tree depends on, for a record of ``module``; each once."""
    found = _of(tree, (), module, (), module)
    return tuple({(tuple(h.key for h in r.way), r.module, r.field): r for r in found}.values())


def _of(node: Node, here: Way, module: str, outer: Way, outer_module: str) -> Iterator[Reach]:
    if isinstance(node, Read):
        if not node.link:
            for path in node.paths:
                yield from _of_path(path, *((outer, outer_module) if node.outer else (here, module)))
    elif isinstance(node, Aggregate):
        yield from _of_aggregate(node, here, module, outer, outer_module)
        return
    for part in node.parts:
        yield from _of(part, here, module, outer, outer_module)


def _of_path(path: Path, way: Way, module: str) -> Iterator[Reach]:
    for place, field in enumerate(path.fields):
        # What every record has by itself (its owner) is read in the module that the way leads to.
        yield Reach(way, field.module, field.whole)
        if place < len(path.fields) - 1:
            way = (*way, Hop("one", field.module, path.fields[place + 1].module, field))
    last = path.field
    if isinstance(last.value_type, ListType) and isinstance(last.value_type.of, RecordType):
        for target in last.value_type.of.modules:
            yield Reach((*way, Hop("links", last.module, target, last)), target, THERE)


def _of_aggregate(node: Aggregate, here: Way, module: str, outer: Way, outer_module: str) -> Iterator[Reach]:
    way = outer if node.outer else here
    for step in node.steps:
        for field in step.hops:
            yield Reach(way, field.module, field.whole)
            way = (*way, Hop("one", field.module, _next(step, field), field))
        way = (*way, Hop(step.kind, step.at, step.module, step.via))
        yield from _of_step(step, way)
    for inner in node.inner:
        yield from _of(inner, way, node.module, here, module)


def _of_step(step: Step, way: Way) -> Iterator[Reach]:
    yield Reach(way, step.module, THERE)
    if step.via is None:
        return
    if step.kind == "links":
        yield Reach(way[:-1], step.at, step.via.whole)
    else:
        yield Reach(way, step.module, step.via.whole)


def _next(step: Step, field: Field) -> str:
    place = step.hops.index(field)
    return step.hops[place + 1].module if place + 1 < len(step.hops) else step.at
