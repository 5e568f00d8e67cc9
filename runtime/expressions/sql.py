"""Compiles a typed tree to SQLAlchemy, for SQLite and PostgreSQL.

A condition is compiled to be true exactly where the expression is true, and false or NULL elsewhere, which is
what WHERE asks for; ``not`` is pushed down to the parts, which know their own exact negation. So a plain
comparison stays plain, and an index serves it.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, ColumnElement, Text, case, exists, false, func, literal, or_, true

from runtime.base.registry import Registry
from runtime.expressions.binding import Binding, Related
from runtime.expressions.columns import ScaledDecimal
from runtime.expressions.evaluation import Evaluator
from runtime.expressions.functions.base import Function
from runtime.expressions.moment import Moment
from runtime.expressions.operators.base import Operator
from runtime.expressions.sharing_in_sql import shared_in_sql
from runtime.expressions.tree import (
    Aggregate,
    Attribute,
    Call,
    Changed,
    IsNew,
    Items,
    Kept,
    Node,
    Operation,
    Read,
    Shared,
    Step,
    walk,
)
from runtime.expressions.value import Value
from runtime.model.types import BOOLEAN, ListType, RecordType, ValueType

_NO_VALUE = "\0"  # stands for a stored key that its picklist does not have


class Sql:
    """Compiles one expression for one query. What does not read the record is evaluated first, and bound.

    ``outer`` is the record one scope out: plain data, or the compiler of the query around this one.
    """

    def __init__(
        self,
        functions: Registry[Function],
        operators: Registry[Operator],
        binding: Binding,
        moment: Moment,
        outer: "Mapping[str, object] | Sql | None" = None,
    ) -> None:
        self.binding = binding
        self.moment = moment
        self._functions = functions
        self._operators = operators
        self._outer = outer
        self._evaluator = Evaluator(functions, operators, moment)

    def depends(self, node: Node) -> bool:
        """Whether the value is another from record to record, so that the database must work it out."""
        around = isinstance(self._outer, Sql)
        return any(
            (isinstance(part, Read) and (around or not part.outer))
            or isinstance(part, Aggregate | Changed | IsNew)
            for part in walk(node)
        )

    def condition(self, node: Node) -> ColumnElement[bool]:
        """True exactly where the node is true, else false or NULL."""
        if not self.depends(node):
            return true() if self._known(node) is True else false()
        by_picklist = self._by_picklist(node)
        if by_picklist is not None:
            return by_picklist
        if isinstance(node, Operation):
            return self._operators[node.operator].condition(self, node.operands)
        if isinstance(node, Aggregate) and node.function == "exists":
            return self._exists(node)
        if isinstance(node, Call) and self._functions[node.function].is_condition:
            return self._call(node)
        if isinstance(node, Shared):
            return shared_in_sql(self.moment, self.value(node.of).column, node.level)
        return self.value(node).column == true()

    def negation(self, node: Node) -> ColumnElement[bool]:
        """True exactly where the node is not true, else false or NULL."""
        if not self.depends(node):
            return false() if self._known(node) is True else true()
        if isinstance(node, Operation) and self._by_picklist(node) is None:
            return self._operators[node.operator].negation(self, node.operands)
        return self.condition(node).is_not(true())

    def value(self, node: Node) -> Value:
        """The value of a node: known, or columns."""
        if not self.depends(node):
            return Value(node.type, known=self._known(node))
        if isinstance(node, Read):
            return self._read(node)
        if isinstance(node, Attribute):
            return self._attribute(node)
        if isinstance(node, Items):
            return Value(node.type, known=(None,) * len(node.items))
        if isinstance(node, Aggregate):
            return self._aggregate(node)
        if isinstance(node, Kept):
            return self._kept(node)
        if isinstance(node, Call) and not self._functions[node.function].is_condition:
            return self._functions[node.function].node_column(self, node)
        if node.type == BOOLEAN:
            return Value(BOOLEAN, (case((self.condition(node), true()), else_=false()),))
        if isinstance(node, Operation):
            return self._operators[node.operator].column(self, node.operands)
        raise TypeError(f"{node!r} has no meaning in SQL.")

    def around(self, binding: Binding, outer: "Mapping[str, object] | Sql | None") -> "Sql":
        """A compiler of what is said about related records."""
        return Sql(self._functions, self._operators, binding, self.moment, outer)

    def _known(self, node: Node) -> object:
        outer = self._outer if isinstance(self._outer, Mapping) else None
        return self._evaluator.run(node, {}, outer)

    def _call(self, node: Call) -> ColumnElement[bool]:
        function = self._functions[node.function]
        arguments = [self.value(argument) for argument in node.arguments]
        if all(argument.is_known for argument in arguments):
            value = function.value(self.moment, *(argument.known for argument in arguments))
            return true() if value is True else false()
        return function.condition(self, *arguments)

    def _read(self, node: Read) -> Value:
        if node.outer and isinstance(self._outer, Sql):
            inside = Read(node.type, node.start, node.end, node.paths, node.keys, link=node.link)
            return self._outer._read(inside)
        if node.link:
            return Value(node.type, self.binding.link_columns(node.paths[0].field))
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
        column = self.value(node.of).column
        type_ = _column_type(node.type, node.values)
        known = {
            literal(key, column.type): literal(value, type_)
            for key, value in node.values.items()
            if value is not None
        }
        if not known:
            return Value(node.type)
        return Value(node.type, (case(known, value=column),))

    def over(
        self, node: Aggregate
    ) -> tuple[Related, list[ColumnElement[bool]], tuple[ColumnElement[Any], ...]]:
        """The records that an aggregate looks over, the conditions on them, and their order."""
        inside, related = self._related(node)
        conditions = [] if node.condition is None else [inside.condition(node.condition)]
        if node.order is None:
            return related, conditions, related.order
        column = inside.value(node.order).column
        first = column.desc() if node.descending else column.asc()
        return related, conditions, (column.is_(None), first, *related.order)

    def _related(self, node: Aggregate) -> tuple["Sql", Related]:
        outside: Sql = self._outer if node.outer and isinstance(self._outer, Sql) else self
        owner = None
        if node.outer and isinstance(self._outer, Mapping):
            owner = literal(_owner(self._outer, node.steps[0]), BigInteger())
        related = outside.binding.related(node.steps, owner)
        return self.around(related.binding, self), related

    def _exists(self, node: Aggregate) -> ColumnElement[bool]:
        inside, related = self._related(node)
        conditions = [] if node.condition is None else [inside.condition(node.condition)]
        if node.value is not None:
            conditions.append(present(inside.value(node.value)))
        return exists(related.select([literal(1)], conditions))

    def _aggregate(self, node: Aggregate) -> Value:
        from runtime.expressions.totals_in_sql import total_in_sql

        if node.function == "exists":
            return Value(BOOLEAN, (case((self._exists(node), true()), else_=false()),))
        inside, related = self._related(node)
        conditions = [] if node.condition is None else [inside.condition(node.condition)]
        value = None if node.value is None else inside.value(node.value)
        order = None if node.order is None else inside.value(node.order)
        return total_in_sql(self, node, related, value, conditions, order)

    def _kept(self, node: Kept) -> Value:
        from runtime.expressions.keeping_in_sql import kept_in_sql

        return kept_in_sql(self, node)

    def _by_picklist(self, node: Node) -> ColumnElement[bool] | None:
        """A condition on one picklist field's attributes, as one on its values: an index serves it."""
        if any(isinstance(part, Aggregate | Changed | IsNew) for part in walk(node)):
            return None
        attributes = [part for part in walk(node) if isinstance(part, Attribute)]
        around = isinstance(self._outer, Sql)
        reads = [part for part in walk(node) if isinstance(part, Read) and (around or not part.outer)]
        if not attributes or any(read.paths != reads[0].paths or read.outer for read in reads):
            return None
        if any(not isinstance(attribute.of, Read) for attribute in attributes):
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
        outer = self._outer if isinstance(self._outer, Mapping) else None
        return self._evaluator.run(node, record, outer) is True  # type: ignore[arg-type]


def present(value: Value) -> ColumnElement[bool]:
    """Whether a value is not empty."""
    if value.links:
        return or_(*(link(None) for link in value.links))
    if value.is_known:
        return false() if value.known is None else true()
    return value.column.is_not(None)


def _owner(record: Mapping[str, object], step: Step) -> object:
    value: object = record
    for field in step.hops:
        value = value.get(field.key) if isinstance(value, Mapping) else None
    return value.get("id") if isinstance(value, Mapping) else getattr(value, "id", value)


def _column_type(type_: ValueType, values: Mapping[str, object]) -> Any:
    if type_ == BOOLEAN:
        return Boolean()
    numbers = [value for value in values.values() if isinstance(value, Decimal | int)]
    if not numbers:
        return Text()
    decimals = [value for value in numbers if isinstance(value, Decimal)]
    scale = max((-int(value.as_tuple().exponent) for value in decimals), default=0)
    return ScaledDecimal(max(scale, 0)) if decimals else BigInteger()
