"""Aggregates in SQL: correlated scalar subqueries over the related records."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Text, case, func, literal, null, type_coerce

from runtime.expressions.binding import Related
from runtime.expressions.calculating_in_sql import column_type, exact, plain
from runtime.expressions.columns import Exact, Microseconds, ScaledDecimal
from runtime.expressions.sql import Sql, present
from runtime.expressions.text import ordered
from runtime.expressions.tree import Aggregate, Read
from runtime.expressions.value import Value
from runtime.model.types import BOOLEAN, DURATION, INTEGER, MONEY, NUMBERS, TEXT
from runtime.model.values import Money

Columns = Sequence[ColumnElement[Any]]
_SPLIT = 1_000_000_000  # units are added up in two halves, of which neither overflows


def total_in_sql(
    sql: Sql,
    node: Aggregate,
    related: Related,
    value: Value | None,
    conditions: list[ColumnElement[bool]],
    order: Value | None,
) -> Value:
    """The value of an aggregate; ``value``, ``conditions`` and ``order`` are of the related records."""
    if value is None:
        return Value(INTEGER, (_scalar(related, func.count(), conditions),))
    if node.function == "count":
        return Value(INTEGER, (_scalar(related, func.count(), [*conditions, present(value)]),))
    if node.function == "first":
        return _first(sql, node, related, value, conditions, order)
    column = _total(sql, node, value)
    if node.type != MONEY:
        return Value(node.type, (_scalar(related, column, conditions),))
    usual = literal(sql.moment.terms.currency, Text())
    if _only_currency(node) == sql.moment.terms.currency:
        return Value(MONEY, (_scalar(related, column, conditions), usual))
    code = _currency(value)
    many = case((func.min(code).is_not_distinct_from(func.max(code)), column))
    currency = _scalar(related, func.min(code), [*conditions, present(value)])
    return Value(
        MONEY,
        (_scalar(related, type_coerce(many, column.type), conditions), func.coalesce(currency, usual)),
    )


def _only_currency(node: Aggregate) -> str | None:
    """The currency that every amount is in, where the field that they are read of has only one."""
    read = node.value
    if not isinstance(read, Read):
        return None
    known = {currency for path in read.paths for currency in path.field.settings.get("currencies", ("", ""))}
    return known.pop() if len(known) == 1 else None


def _scalar(
    related: Related, column: ColumnElement[Any], conditions: Sequence[ColumnElement[bool]]
) -> ColumnElement[Any]:
    return type_coerce(related.select([column], conditions).scalar_subquery(), column.type)


def _total(sql: Sql, node: Aggregate, value: Value) -> ColumnElement[Any]:
    if value.type not in (*NUMBERS, MONEY, DURATION) or node.function in ("min", "max"):
        return _extreme(sql, node, value)
    is_sqlite = sql.binding.dialect == "sqlite"
    if value.type == DURATION:
        summed: Any = _units(plain(sql, value, Microseconds()), 0) if is_sqlite else func.sum(value.column)
    elif is_sqlite:
        summed = _sum_on_sqlite(sql, value)
    else:
        summed = func.sum(exact(sql, value))
    n = func.count(_amount(sql, value))
    if is_sqlite:
        return func.trellis_total(
            literal(node.function), summed, n, literal(value.type == DURATION), type_=_kind(value)
        )
    name = "trellis_sum_of" if node.function == "sum" else "trellis_average_of"
    found = getattr(func, name)(summed, n, type_=Exact())
    return func.trellis_duration(found, type_=Microseconds()) if value.type == DURATION else found


def _kind(value: Value) -> Any:
    return Microseconds() if value.type == DURATION else Exact()


def _amount(sql: Sql, value: Value) -> ColumnElement[Any]:
    return exact(sql, value) if value.is_known else value.column


def _sum_on_sqlite(sql: Sql, value: Value) -> ColumnElement[Any]:
    column = exact(sql, value) if value.is_known else value.column
    if isinstance(column.type, Exact):
        return func.trellis_sum(column, type_=Text())
    return _units(column, column.type.scale if isinstance(column.type, ScaledDecimal) else 0)


def _units(column: ColumnElement[Any], scale: int) -> ColumnElement[Any]:
    units = type_coerce(column, BigInteger())
    high = units.op("/", return_type=BigInteger())(literal(_SPLIT))
    low = units.op("%", return_type=BigInteger())(literal(_SPLIT))
    return func.trellis_units(func.sum(high), func.sum(low), literal(scale), type_=Text())


def _extreme(sql: Sql, node: Aggregate, value: Value) -> ColumnElement[Any]:
    column = (
        _amount(sql, value)
        if value.type in (*NUMBERS, MONEY)
        else plain(sql, value, column_type(sql, value.type))
    )
    if sql.binding.dialect == "sqlite" and isinstance(column.type, Exact):
        return _called(f"trellis_{node.function}", column, Exact())
    return _called(node.function, column, column.type)


def _called(name: str, column: ColumnElement[Any], kind: Any) -> ColumnElement[Any]:
    found: ColumnElement[Any] = getattr(func, name)(column, type_=kind)
    return found


def _first(
    sql: Sql,
    node: Aggregate,
    related: Related,
    value: Value,
    conditions: list[ColumnElement[bool]],
    order: Value | None,
) -> Value:
    keys: list[ColumnElement[Any]] = []
    if order is not None and not order.is_known:
        key = _order_key(sql, order)
        keys = [case((key.is_(None), 1), else_=0), key.desc() if node.descending else key]
    columns = value.columns
    if value.is_known:
        columns = _literals(sql, value)
    found = tuple(
        type_coerce(
            related.select([column], [*conditions, present(value)])
            .order_by(*keys, *related.order)
            .limit(1)
            .scalar_subquery(),
            column.type,
        )
        for column in columns
    )
    return Value(node.type, found)


def _literals(sql: Sql, value: Value) -> tuple[ColumnElement[Any], ...]:
    if value.type in (*NUMBERS, MONEY):
        currency = value.known.currency if isinstance(value.known, Money) else None
        amount = exact(sql, value)
        return (amount, literal(currency, Text())) if value.type == MONEY else (amount,)
    kind = column_type(sql, value.type)
    return (plain(sql, value, kind),) if value.type != BOOLEAN else (literal(value.known),)


def _order_key(sql: Sql, order: Value) -> ColumnElement[Any]:
    if order.type == TEXT:
        return ordered(order.column)
    column = order.column
    if isinstance(column.type, Exact) and sql.binding.dialect == "sqlite":
        return func.trellis_sortable(column, type_=Text())
    return column


def _currency(value: Value) -> ColumnElement[Any]:
    if value.is_known:
        return literal(value.known.currency, Text()) if isinstance(value.known, Money) else null()
    amount = value.column
    return case((amount.is_not(None), value.columns[1])) if len(value.columns) > 1 else null()
