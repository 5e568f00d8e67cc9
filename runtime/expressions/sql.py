"""Compiles a typed tree to SQLAlchemy, for SQLite and PostgreSQL.

A condition is compiled to be true exactly where the expression is true, and false or NULL elsewhere, which is
what WHERE asks for; ``not`` is pushed down to the parts, which know their own exact negation. So a plain
comparison stays plain, and an index serves it.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, ColumnElement, Text, case, false, func, literal, or_, true

from runtime.base.registry import Registry
from runtime.expressions.binding import Binding
from runtime.expressions.columns import ScaledDecimal
from runtime.expressions.evaluation import Evaluator
from runtime.expressions.functions.base import Function
from runtime.expressions.moment import Moment
from runtime.expressions.operators.base import Operator
from runtime.expressions.tree import Attribute, Call, Items, Node, Operation, Read, reads_record, walk
from runtime.expressions.value import Value
from runtime.model.types import BOOLEAN, ListType, RecordType, ValueType

_NO_VALUE = "\0"  # stands for a stored key that its picklist does not have


class Sql:
    """Compiles one expression for one query. What does not read the record is evaluated first, and bound."""

    def __init__(
        self,
        functions: Registry[Function],
        operators: Registry[Operator],
        binding: Binding,
        moment: Moment,
        outer: Mapping[str, object] | None = None,
    ) -> None:
        self.binding = binding
        self.moment = moment
        self._functions = functions
        self._operators = operators
        self._outer = outer
        self._evaluator = Evaluator(functions, operators, moment)

    def condition(self, node: Node) -> ColumnElement[bool]:
        """True exactly where the node is true, else false or NULL."""
        if not reads_record(node):
            return true() if self._known(node) is True else false()
        by_picklist = self._by_picklist(node)
        if by_picklist is not None:
            return by_picklist
        if isinstance(node, Operation):
            return self._operators[node.operator].condition(self, node.operands)
        if isinstance(node, Call):
            return self._call(node)
        return self.value(node).column == true()

    def negation(self, node: Node) -> ColumnElement[bool]:
        """True exactly where the node is not true, else false or NULL."""
        if not reads_record(node):
            return false() if self._known(node) is True else true()
        if isinstance(node, Operation) and self._by_picklist(node) is None:
            return self._operators[node.operator].negation(self, node.operands)
        return self.condition(node).is_not(true())

    def value(self, node: Node) -> Value:
        """The value of a node: known, or columns."""
        if not reads_record(node):
            return Value(node.type, known=self._known(node))
        if isinstance(node, Read):
            return self._read(node)
        if isinstance(node, Attribute):
            return self._attribute(node)
        if isinstance(node, Items):
            return Value(node.type, known=(None,) * len(node.items))
        if node.type == BOOLEAN:
            return Value(BOOLEAN, (case((self.condition(node), true()), else_=false()),))
        if isinstance(node, Operation):
            return self._operators[node.operator].column(self, node.operands)
        if isinstance(node, Call):
            return self._functions[node.function].column(self, *map(self.value, node.arguments))
        raise TypeError(f"{node!r} has no meaning in SQL.")

    def _known(self, node: Node) -> object:
        return self._evaluator.run(node, {}, self._outer)

    def _call(self, node: Call) -> ColumnElement[bool]:
        function = self._functions[node.function]
        arguments = [self.value(argument) for argument in node.arguments]
        if all(argument.is_known for argument in arguments):
            value = function.value(self.moment, *(argument.known for argument in arguments))
            return true() if value is True else false()
        return function.condition(self, *arguments)

    def _read(self, node: Read) -> Value:
        if isinstance(node.type, ListType) and isinstance(node.type.of, RecordType):
            links = tuple(self.binding.links(path.fields) for path in node.paths)
            return Value(node.type, links=links)
        ways = [self.binding.columns(path.fields) for path in node.paths]
        if len(ways) == 1:
            return Value(node.type, ways[0])
        # Of the modules that a relation may lead to, a record is in one: of these columns one has the value.
        columns = tuple(func.coalesce(*parts, type_=parts[0].type) for parts in zip(*ways, strict=True))
        return Value(node.type, columns)

    def _attribute(self, node: Attribute) -> Value:
        column = self._read(node.of).column
        type_ = _column_type(node.type, node.values)
        known = {key: literal(value, type_) for key, value in node.values.items() if value is not None}
        if not known:
            return Value(node.type)
        return Value(node.type, (case(known, value=column),))

    def _by_picklist(self, node: Node) -> ColumnElement[bool] | None:
        """A condition on one picklist field's attributes, as one on its values: an index serves it."""
        attributes = [part for part in walk(node) if isinstance(part, Attribute)]
        reads = [part for part in walk(node) if isinstance(part, Read) and not part.outer]
        if not attributes or any(read.paths != reads[0].paths for read in reads):
            return None
        keys = tuple(attributes[0].values)
        holds = {key: self._holds_with(node, reads[0], key) for key in (*keys, _NO_VALUE, None)}
        column = self._read(reads[0]).column
        if holds[_NO_VALUE]:
            others = [key for key in keys if not holds[key]]
            condition = column.not_in(others) if others else column.is_not(None)
        else:
            condition = column.in_([key for key in keys if holds[key]])
        return or_(condition, column.is_(None)) if holds[None] else condition

    def _holds_with(self, node: Node, read: Read, key: str | None) -> bool:
        record: object = key
        for name in reversed(read.keys):
            record = {name: record}
        return self._evaluator.run(node, record, self._outer) is True  # type: ignore[arg-type]


def _column_type(type_: ValueType, values: Mapping[str, object]) -> Any:
    if type_ == BOOLEAN:
        return Boolean()
    numbers = [value for value in values.values() if isinstance(value, Decimal | int)]
    if not numbers:
        return Text()
    decimals = [value for value in numbers if isinstance(value, Decimal)]
    scale = max((-int(value.as_tuple().exponent) for value in decimals), default=0)
    return ScaledDecimal(max(scale, 0)) if decimals else BigInteger()
