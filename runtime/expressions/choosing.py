"""Choosing among values in SQL: CASE and COALESCE over values whose columns are made alike."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Boolean, ColumnElement, Text, case, func, literal, null, type_coerce

from runtime.expressions.calculating_in_sql import column_type, currency_of, exact, plain
from runtime.expressions.columns import Exact, ScaledDecimal
from runtime.expressions.renamed import Renamed
from runtime.expressions.sql import Sql, present
from runtime.expressions.tree import Node, Operation
from runtime.expressions.value import Value
from runtime.model.types import BOOLEAN, MONEY, NONE, NUMBERS, RecordType, ValueType

Pair = tuple[ColumnElement[bool], Node]


def is_same(pair: tuple[Node, Node], at: Node) -> Node:
    """The question whether the two are the same."""
    return Operation(BOOLEAN, at.start, at.end, "==", pair)


def chosen(sql: Sql, type_: ValueType, pairs: Sequence[Pair], otherwise: Node | None) -> Value:
    """The value beside the first condition that holds."""
    values = [sql.value(node) for _, node in pairs]
    last = Value(type_) if otherwise is None else sql.value(otherwise)
    columns = alike(sql, type_, [*values, last])
    tests = [condition for condition, _ in pairs]
    made = tuple(
        type_coerce(case(*zip(tests, parts[:-1], strict=True), else_=parts[-1]), kind)
        for kind, parts in columns
    )
    return Value(type_, made)


def first_present(sql: Sql, type_: ValueType, nodes: Sequence[Node]) -> Value:
    """The first value that is not empty."""
    values = [sql.value(node) for node in nodes]
    columns = alike(sql, type_, values)
    if type_ != MONEY:
        ((kind, parts),) = columns
        return Value(type_, (type_coerce(func.coalesce(*parts), kind),))
    tests = [present(value) for value in values]
    return Value(
        type_,
        tuple(type_coerce(case(*zip(tests, parts, strict=True)), kind) for kind, parts in columns),
    )


def alike(sql: Sql, type_: ValueType, values: Sequence[Value]) -> list[tuple[Any, list[ColumnElement[Any]]]]:
    """The columns of values, of one type each: amounts, and behind them the currencies of money."""
    if type_ not in (*NUMBERS, MONEY):
        kind = _kind(sql, type_)
        return [(kind, [_plain(sql, value, kind) for value in values])]
    kinds = {_scale(value) for value in values if not value.is_known}
    shared = (
        kinds.pop() if len(kinds) == 1 and all(not v.is_known or v.known is None for v in values) else None
    )
    amounts: list[ColumnElement[Any]]
    if shared is not None:
        kind = next(value.column.type for value in values if not value.is_known)
        amounts = [null() if value.is_known else value.column for value in values]
    else:
        kind = Exact()
        amounts = [exact(sql, value) if not _is_nothing(value) else null() for value in values]
    if type_ != MONEY:
        return [(kind, amounts)]
    codes = [currency_of(value) for value in values]
    return [(kind, amounts), (Text(), [null() if code is None else code for code in codes])]


def _is_nothing(value: Value) -> bool:
    return value.is_known and value.known is None


def _scale(value: Value) -> object:
    kind = value.column.type
    return kind.scale if isinstance(kind, ScaledDecimal) else None if isinstance(kind, Exact) else "whole"


def _kind(sql: Sql, type_: ValueType) -> Any:
    if type_ == BOOLEAN:
        return Boolean()
    if isinstance(type_, RecordType):
        return BigInteger()
    return Text() if type_ == NONE else column_type(sql, type_)


def _plain(sql: Sql, value: Value, kind: Any) -> ColumnElement[Any]:
    if _is_nothing(value):
        return null()
    if value.is_known and isinstance(kind, Boolean | Text | BigInteger | Renamed):
        return literal(value.known, kind)
    return plain(sql, value, kind)
