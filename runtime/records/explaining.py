"""Explaining: the value of an expression for one record, with the value of each part and where it came from.

The tree is evaluated on the same plain data as everywhere else. What the asker may not read is left out: the
judge is asked about every field that a part reads, and every record that it reaches.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from runtime.base.messages import Message
from runtime.expressions import AGGREGATES, dependencies
from runtime.expressions.evaluation import BudgetError
from runtime.expressions.moment import Moment
from runtime.expressions.tracing import Traced
from runtime.expressions.tree import Aggregate, Literal, Node, Read, walk_all
from runtime.identity.actor import Actor
from runtime.model.catalog import Expression, Module, Path
from runtime.model.types import ListType, RecordType, ValueType
from runtime.model.values import Ref
from runtime.records.access import Judge
from runtime.records.plan import Plans
from runtime.records.refs import Refs
from runtime.records.seen import CURRENCIES, TOO_LARGE, TOO_LONG
from runtime.storage.query import MOST, Count, Query
from runtime.storage.reader import Reader

SHOWN = 5
"""So many of the records that an aggregate looks over are named."""
TROUBLES: Mapping[str, Message] = MappingProxyType(
    {"overflow": TOO_LARGE, "currencies": CURRENCIES, "budget": TOO_LONG}
)
"""Why a value is empty that should not be, or why there is none."""


Place = tuple[str, int]
"""A record, by its module and its id."""


@dataclass(frozen=True, slots=True)
class Reached:
    """The records that an aggregate looks over: how many the asker may read, and the first of them."""

    count: Count
    first: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an expression. ``text`` is how it is written, ``path`` what is read.

    ``record`` is the other record that the value came from; ``refs`` are the records that it is itself.
    ``hidden``: the asker may not read all that it is made of, and it has no value here. ``before``: it is
    what the record held before the save. ``is_literal``: it stands there as it is.
    """

    text: str
    type: ValueType
    value: object = None
    path: Path | None = None
    record: Ref | None = None
    refs: tuple[Ref, ...] = ()
    reached: Reached | None = None
    hidden: bool = False
    before: bool = False
    is_literal: bool = False
    parts: tuple["Part", ...] = ()

    def walk(self, depth: int = 0) -> Iterator[tuple[int, "Part"]]:
        """The part and those below it, each with how deep it lies."""
        yield depth, self
        for part in self.parts:
            yield from part.walk(depth + 1)


@dataclass(frozen=True, slots=True)
class Explanation:
    """How an expression comes to its value.

    ``trouble`` says why a value is empty that should not be: ``overflow``, ``currencies``, or ``budget`` when
    it took too long; then there is no ``whole``.
    """

    expression: Expression
    whole: Part | None
    trouble: str = ""

    @property
    def value(self) -> object:
        """The value."""
        return self.whole.value if self.whole is not None else None


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, when, and about which record."""

    connection: Connection
    actor: Actor
    moment: Moment
    module: str
    record_id: int


class Explainer:
    """Explains expressions of one snapshot."""

    def __init__(self, plans: Plans, reader: Reader, judge: Judge) -> None:
        self._plans = plans
        self._reader = reader
        self._judge = judge
        self._refs = Refs(reader, judge)

    def module(self, key: str) -> Module:
        """A module of the snapshot."""
        return self._plans.workplace.catalog.modules[key]

    def explain(self, asking: Asking, expression: Expression, *, creating: bool = False) -> Explanation:
        """How the expression comes to its value, for the record as it stands.

        What asks for the save sees that nothing changes, or with ``creating`` that the record is new.
        """
        record = self._data(asking, expression.tree)
        tracer = self._plans.workplace.language.tracer(asking.moment)
        try:
            traced = tracer.trace(expression.tree, record, None, None if creating else record)
        except BudgetError:
            return Explanation(expression, None, "budget")
        sight = _Sight(self, asking, traced, record)
        return Explanation(expression, sight.whole(expression.text), tracer.trouble)

    def _data(self, asking: Asking, tree: Node) -> Mapping[str, Any]:
        needed = dependencies(tree)
        ids, moment = (asking.record_id,), asking.moment
        paths = (*needed.paths, *needed.old)
        loaded = self._plans.loader.load_paths(asking.connection, asking.module, ids, paths)
        found = self._reader.aggregates(asking.connection, asking.module, ids, needed.aggregates, moment)
        record = loaded.get(asking.record_id, {"id": asking.record_id})
        return {**record, AGGREGATES: found.get(asking.record_id, {})}

    def reached(self, asking: Asking, aggregate: Aggregate) -> tuple[Reached, bool]:
        """The records that an aggregate looks over and that may be read; and whether these are all."""
        ids = self._reader.looked_over(
            asking.connection, asking.module, asking.record_id, aggregate, asking.moment, MOST + 1
        )
        some = [(aggregate.module, each) for each in ids[:MOST]]
        refs = self._refs.several(asking.connection, some, asking.actor, asking.moment)
        more = len(ids) > MOST
        return Reached(Count(len(refs), more), tuple(refs[:SHOWN])), len(refs) == len(some)

    def may_read(self, asking: Asking, fields: Iterable[tuple[str, str]]) -> bool:
        """Whether the asker may read all of these fields, each given by its module and its key."""
        return all(self._judge.may(asking.actor, module, "read", field=key).allowed for module, key in fields)

    def has_condition(self, asking: Asking, module: str, key: str) -> bool:
        """Whether the asker may read a field of some records alone."""
        return self._judge.field_condition(asking.actor, module, key, "read") is not None

    def meets(self, asking: Asking, place: Place, key: str) -> bool:
        """Whether a record is one of those of which the asker may read a field."""
        module, number = place
        condition = self._judge.field_condition(asking.actor, module, key, "read")
        if condition is None:
            return True
        query = Query(module, rights=(condition,), ids=(number,), deleted="any", limit=1)
        return bool(self._reader.meeting(asking.connection, query, asking.moment))

    def visible(self, asking: Asking, places: Iterable[Place]) -> dict[Place, Ref]:
        """Those of these records that the asker may read."""
        found = self._refs.several(
            asking.connection, list(dict.fromkeys(places)), asking.actor, asking.moment
        )
        return {(ref.module, ref.id): ref for ref in found}


class _Sight:
    """What one asker sees of one evaluation."""

    def __init__(
        self, explainer: Explainer, asking: Asking, traced: Traced, record: Mapping[str, Any]
    ) -> None:
        self._explainer = explainer
        self._asking = asking
        self._traced = traced
        self._record = record
        places = [place for part in traced.walk() for place in self._places(part)]
        self._known = explainer.visible(asking, places)

    def whole(self, text: str) -> Part:
        """The whole expression; its own value is that of the field that it stands at, whose right governs."""
        part = self._part(self._traced, text)
        return replace(part, value=self._traced.value, hidden=False) if part.hidden else part

    def _part(self, traced: Traced, text: str) -> Part:
        inner = traced
        while len(inner.parts) == 1 and _place(inner.parts[0]) == _place(inner):
            inner = inner.parts[0]  # converted, or rounded: written as one thing
        node = inner.node
        below = () if _is_led(inner) else tuple(self._part(each, text) for each in inner.parts)
        hidden = any(part.hidden for part in below) or not self._may_see(inner)
        reached = None
        if isinstance(node, Aggregate):
            reached, is_all = self._explainer.reached(self._asking, node)
            hidden = hidden or not is_all
        way = self._way(node)
        pointed = list(_pointed(traced))
        refs = tuple(self._known[place] for place in pointed if place in self._known)
        hidden = hidden or bool(pointed and not refs)  # of a record one may not read not even the id is told
        return Part(
            text=text[node.start : node.end],
            type=traced.node.type,
            value=None if hidden else traced.value,
            path=node.paths[0] if isinstance(node, Read) else None,
            record=self._known.get(way[-1]) if way else None,
            refs=() if hidden else refs,
            reached=reached,
            hidden=hidden,
            before=traced.before,
            is_literal=isinstance(node, Literal),
            parts=below,
        )

    def _may_see(self, traced: Traced) -> bool:
        # What lies below a part is asked for by itself; a tree that was led here has no parts of its own.
        node = traced.node
        is_whole = isinstance(node, Aggregate) or _is_led(traced)
        nodes = walk_all(node) if is_whole else (node,)
        reads = [each for each in nodes if isinstance(each, Read) and not each.link]
        fields = [
            (field.module, field.whole) for each in reads for path in each.paths for field in path.fields
        ]
        if not self._explainer.may_read(self._asking, fields) or self._way(node) is None:
            return False
        if isinstance(node, Aggregate):  # the reader has left out what the asker may not read
            return True
        if is_whole or any(each.outer for each in reads):  # of which records it reads is not told here
            return not any(self._explainer.has_condition(self._asking, *each) for each in fields)
        return all(self._meets(path) for each in reads for path in each.paths)

    def _meets(self, path: Path) -> bool:
        """Whether each field of a path may be read of the very record that it is read of."""
        own = (self._asking.module, self._asking.record_id)
        # A path that ends early has no value behind its end.
        places = zip(path.fields, (own, *_walked(path, self._record)), strict=False)
        return all(self._explainer.meets(self._asking, place, field.whole) for field, place in places)

    def _way(self, node: Node) -> list[Place] | None:
        """The other records that a read walks to, () for the record's own; None when one may not be read."""
        if not isinstance(node, Read) or node.link or node.outer:
            return []
        ways = [_walked(path, self._record) for path in node.paths]
        return next((way for way in ways if all(place in self._known for place in way)), None)

    def _places(self, traced: Traced) -> Iterator[Place]:
        node = traced.node
        if isinstance(node, Read) and not (node.link or node.outer):
            for path in node.paths:
                yield from _walked(path, self._record)
        yield from _pointed(traced)


def _place(traced: Traced) -> tuple[int, int]:
    return (traced.node.start, traced.node.end)


def _is_led(traced: Traced) -> bool:
    """Whether several parts stand at one place: the tree of a virtual field, which is written elsewhere."""
    return any(_place(part) == _place(traced) for part in traced.parts)


def _walked(path: Path, record: Mapping[str, Any]) -> list[Place]:
    """The records that a path walks to."""
    found: list[Place] = []
    here: Any = record
    for hop, field in zip(path.hops, path.fields[1:], strict=True):
        here = here.get(hop.key) if isinstance(here, Mapping) else None
        number = here.get("id") if isinstance(here, Mapping) else None
        if not isinstance(number, int):
            break
        found.append((field.module, number))
    return found


def _pointed(traced: Traced) -> Iterator[Place]:
    """The records that a value is: a relation's, or several."""
    type_ = traced.node.type
    of = type_.of if isinstance(type_, ListType) else type_
    if isinstance(of, RecordType):
        values = traced.value if isinstance(traced.value, tuple) else (traced.value,)
        for value in values[:SHOWN]:
            yield from ((module, value) for module in of.modules if isinstance(value, int))
