"""Evaluates a typed tree: simpleeval's walker over our own nodes and plain data, within a budget."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from simpleeval import SimpleEval

from runtime.base.registry import Registry
from runtime.expressions.functions.base import Function
from runtime.expressions.moment import Moment
from runtime.expressions.operators.base import Operator
from runtime.expressions.tree import Attribute, Call, Items, Literal, Node, Operation, Read, User
from runtime.model.types import ListType, RecordType, ValueType
from runtime.model.values import Address, AllDay, Entry, Link, Ref, RichText

STEPS = 5000
"""How many nodes one evaluation may visit."""


class BudgetError(Exception):
    """An evaluation took more steps than it may."""


class Evaluator(SimpleEval):  # type: ignore[misc]
    """Evaluates trees at one moment; one at a time, so each thread has its own.

    Nothing of simpleeval's own functions, operators or nodes is left in it: it meets our nodes alone, and its
    check of every result stays.
    """

    def __init__(self, functions: Registry[Function], operators: Registry[Operator], moment: Moment) -> None:
        super().__init__()
        self.functions = functions
        self.operators = operators
        self.moment = moment
        self.record: Mapping[str, object] = {}
        self.outer: Mapping[str, object] | None = None
        self.steps = 0
        self.nodes = {
            Literal: self._literal,
            Items: self._items,
            Read: self._read,
            Attribute: self._attribute,
            User: self._user,
            Operation: self._operation,
            Call: self._call,
        }

    def run(
        self, node: Node, record: Mapping[str, object], outer: Mapping[str, object] | None = None
    ) -> object:
        """The value of a tree for one record, and the record one scope out where it names one.

        Raises LookupError when a record lacks what the expression reads, BudgetError when it takes too long.
        """
        self.record, self.outer, self.steps = record, outer, 0
        return self._eval(node)

    def _eval(self, node: Node) -> object:
        self.steps += 1
        if self.steps > STEPS:
            raise BudgetError(f"The expression takes more than {STEPS:,} steps.")
        return super()._eval(node)

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
        value: object = self.outer if node.outer else self.record
        several = False
        for index, key in enumerate(node.keys):
            if index and value is None:
                break
            if isinstance(value, Address):
                value = value.part(key)
                continue
            if not isinstance(value, Mapping):
                raise LookupError(f'The record was given without what "{".".join(node.keys)}" reads.')
            if key not in value and not several:
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

    def _operation(self, node: Operation) -> object:
        return self.operators[node.operator].value(self._each(node.operands))

    def _each(self, nodes: tuple[Node, ...]) -> Iterator[object]:
        for node in nodes:
            yield self._eval(node)

    def _call(self, node: Call) -> object:
        arguments = [self._eval(argument) for argument in node.arguments]
        return self.functions[node.function].value(self.moment, *arguments)


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
    if isinstance(value, Ref | Link):
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
