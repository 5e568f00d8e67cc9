"""Evaluates a typed tree: simpleeval's walker over our own nodes and plain data, within a budget."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cmp_to_key
from time import thread_time
from typing import Any

from simpleeval import SimpleEval

from runtime.base.registry import Registry
from runtime.expressions.arithmetic import CurrencyError, TooLargeError
from runtime.expressions.functions.base import Function
from runtime.expressions.keeping import kept
from runtime.expressions.meaning import order, same
from runtime.expressions.moment import Moment
from runtime.expressions.operators.base import Operator
from runtime.expressions.totals import total
from runtime.expressions.tree import (
    Aggregate,
    Attribute,
    Call,
    Changed,
    IsNew,
    Items,
    Kept,
    Literal,
    Node,
    Operation,
    Read,
    Step,
    User,
)
from runtime.model.types import MONEY, ListType, RecordType, ValueType
from runtime.model.values import Address, AllDay, Entry, Link, Money, Pointer, Ref, RichText

Plain = Mapping[str, object]

STEPS = 50_000
"""How many nodes one evaluation may visit, those of each related record counted."""
SECONDS = 0.05
"""How much of the processor's time one evaluation may take."""
_LOOK = 256  # steps between two looks at the clock

AGGREGATES = "="
"""Where a record's plain data has the aggregates that were fetched for it, by their keys."""


class BudgetError(Exception):
    """An evaluation took more steps, or more time, than it may."""


class Evaluator(SimpleEval):  # type: ignore[misc]
    """Evaluates trees at one moment; one at a time, so each thread has its own.

    Nothing of simpleeval's own functions, operators or nodes is left in it: it meets our nodes alone.
    ``trouble`` tells after a run why a result is empty that should not be: ``overflow`` when a number was too
    large, ``currencies`` when two would have been mixed; '' when all is well.
    """

    def __init__(self, functions: Registry[Function], operators: Registry[Operator], moment: Moment) -> None:
        super().__init__()
        self.functions = functions
        self.operators = operators
        self.moment = moment
        self.record: Plain = {}
        self.outer: Plain | None = None
        self.old: Plain | None = None
        self.trouble = ""
        self.steps = 0
        self._until = 0.0
        self._meanings: dict[type[Node], Callable[[Any], Any]] = {
            Literal: self._literal,
            Items: self._items,
            Read: self._read,
            Attribute: self._attribute,
            User: self._user,
            IsNew: self._is_new,
            Changed: self._changed,
            Operation: self._operation,
            Call: self._call,
            Aggregate: self._aggregate,
            Kept: self._kept,
        }
        self.nodes = self._meanings

    def run(self, node: Node, record: Plain, outer: Plain | None = None, old: Plain | None = None) -> Any:
        """The value of a tree for one record, and the record one scope out where it names one.

        ``old`` is the record before the save, None when it is being created. Raises LookupError when a record
        lacks what the expression reads, BudgetError when it takes too long.
        """
        self.record, self.outer, self.old, self.steps, self.trouble = record, outer, old, 0, ""
        self._until = 0.0
        return self._eval(node)

    def _eval(self, node: Node) -> Any:
        self.steps = steps = self.steps + 1
        if not steps % _LOOK:
            self._look()
        return self._meanings[type(node)](node)

    def _look(self) -> None:
        if self.steps > STEPS:
            raise BudgetError(f"The expression takes more than {STEPS:,} steps.")
        now = thread_time()
        if not self._until:
            self._until = now + SECONDS
        elif now > self._until:
            raise BudgetError(f"The expression takes longer than {SECONDS * 1000:.0f} ms.")

    def _literal(self, node: Literal) -> object:
        value = node.value
        if isinstance(value, datetime) and value.tzinfo is None:
            try:
                return value.replace(tzinfo=self.moment.timezone).astimezone(UTC)
            except OverflowError:
                return None
        return value

    def _items(self, node: Items) -> tuple[object, ...]:
        return tuple(self._eval(item) for item in node.items)

    def _read(self, node: Read) -> object:
        if node.own and len(node.keys) == 1 and node.keys[0] in self.record:
            value = self.record[node.keys[0]]
            kind = type(value)
            if kind in _CANONICAL or (kind is str and value):
                return value
            return _plain(value, node.type)
        return self._found(node)

    def _found(self, node: Read) -> object:
        value: object = self.outer if node.outer else self.old if node.old else self.record
        if node.old and value is None:
            return _plain(None, node.type)
        several = False
        for index, key in enumerate(node.keys):
            if index and value is None:
                break
            if isinstance(value, Address):
                value = value.part(key)
                continue
            if not isinstance(value, Mapping):
                raise LookupError(f'The record was given without what "{".".join(node.keys)}" reads.')
            if key not in value and not several and not (node.link and index):
                raise LookupError(f'The record was given without "{".".join(node.keys[: index + 1])}".')
            value = value.get(key)
            step = node.paths[0].fields[min(index, len(node.paths[0].fields) - 1)].value_type
            several = isinstance(step, RecordType) and len(step.modules) > 1
        return _plain(value, node.type)

    def _attribute(self, node: Attribute) -> object:
        key = self._eval(node.of)
        return node.values.get(key) if isinstance(key, str) else None

    def _user(self, node: User) -> object:
        user = self.moment.user
        if isinstance(node.type, ListType):
            return _plain(user.get(node.key) if user else None, node.type)
        return user.get(node.key) if user else None

    def _is_new(self, node: IsNew) -> bool:
        return self.old is None

    def _changed(self, node: Changed) -> bool:
        if self.old is None:
            return False
        return any(not same(self._eval(field), self._before(field)) for field in node.fields)

    def _before(self, node: Read) -> object:
        now, self.record = self.record, self.old or {}
        try:
            return self._eval(node)
        finally:
            self.record = now

    def _operation(self, node: Operation) -> object:
        try:
            value = self.operators[node.operator].value(map(self._eval, node.operands))
            if type(value) is Money and node.type != MONEY:
                return value.amount  # what one amount is of another
            return value
        except TooLargeError:
            self.trouble = "overflow"
        except CurrencyError:
            self.trouble = "currencies"
        return None

    def _call(self, node: Call) -> object:
        function = self.functions[node.function]
        if function.lazy:
            return function.choose(self._eval, node.arguments)
        try:
            return function.value(self.moment, *map(self._eval, node.arguments))
        except TooLargeError:
            self.trouble = "overflow"
        except CurrencyError:
            self.trouble = "currencies"
        return None

    def _aggregate(self, node: Aggregate) -> object:
        record = self.outer if node.outer else self.record
        if not isinstance(record, Mapping):
            raise LookupError(f'The record was given without what "{node.key}" reads.')
        fetched = record.get(AGGREGATES)
        if isinstance(fetched, Mapping) and node.key in fetched:
            return fetched[node.key]
        if node.steps[0].kind == "all":
            raise LookupError(f'The record was given without "{node.key}".')
        asking = (self.record, self.outer)
        found: list[tuple[Any, Any]] = []
        try:
            self.outer = asking[0]
            for self.record in _related(record, node.steps):
                if node.condition is not None and self._eval(node.condition) is not True:
                    continue
                value = True if node.value is None else self._eval(node.value)
                if value is not None:
                    found.append((value, None if node.order is None else self._eval(node.order)))
        finally:
            self.record, self.outer = asking
        if node.order is not None:
            found = _in_order(found, node.descending)
        try:
            return total(node.function, [value for value, _ in found], node.type, self.moment.terms.currency)
        except TooLargeError:
            self.trouble = "overflow"
        except CurrencyError:
            self.trouble = "currencies"
        return None

    def _kept(self, node: Kept) -> object:
        return kept(self._eval(node.of), node.field)

    def each(self, nodes: tuple[Node, ...]) -> Iterator[object]:
        """The value of each node, evaluated as it is taken."""
        return map(self._eval, nodes)


def _related(record: Any, steps: Sequence[Step]) -> Iterator[Plain]:
    """The related records, in the order in which they were given."""
    step, further = steps[0], steps[1:]
    for key in step.keys:
        if record is None:
            return
        if not isinstance(record, Mapping) or key not in record:
            raise LookupError(f'The record was given without its "{".".join(step.keys)}".')
        record = record[key]
    for each in record or ():
        if not isinstance(each, Mapping):
            raise LookupError(f'The records of "{".".join(step.keys)}" were given as ids alone.')
        if further:
            yield from _related(each, further)
        else:
            yield each


def _in_order(found: list[tuple[Any, Any]], descending: bool) -> list[tuple[Any, Any]]:
    filled = [pair for pair in found if pair[1] is not None]
    sign = -1 if descending else 1

    def compare(one: tuple[Any, Any], other: tuple[Any, Any]) -> int:
        return sign * (order(one[1], other[1]) or 0)

    filled.sort(key=cmp_to_key(compare))
    return filled + [pair for pair in found if pair[1] is None]


_CANONICAL = frozenset([int, bool, Decimal, date, Money, type(None)])


def _plain(value: object, type_: ValueType) -> object:
    """The canonical value, and ids in place of what stands for a record."""
    if isinstance(type_, ListType):
        return (
            tuple(_plain(item, type_.of) for item in value)
            if isinstance(value, tuple | list | frozenset)
            else ()
        )
    if isinstance(value, Mapping):
        return _plain(value.get("id"), type_)
    if isinstance(value, Ref | Link | Pointer):
        return value.id
    if isinstance(value, Entry):
        return value.value
    if isinstance(value, AllDay):
        return value.moment
    if isinstance(value, Address):
        return value.line
    if isinstance(value, RichText):
        return value.text
    return None if value == "" else value
