"""From a value in SQL to the columns of a field that is to hold it."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Text, cast, func, literal, type_coerce

from runtime.expressions.calculating_in_sql import column_type, exact, plain
from runtime.expressions.columns import Exact, ScaledDecimal
from runtime.expressions.sql import Sql
from runtime.expressions.tree import Node
from runtime.model.types import BOOLEAN, MONEY, NUMBERS
from runtime.model.values import Money


def columns_of(sql: Sql, node: Node) -> tuple[ColumnElement[Any], ...]:
    """The columns of a node's value; what is known is bound."""
    value = sql.value(node)
    if not value.is_known:
        return value.columns
    if value.type in (*NUMBERS, MONEY):
        currency = value.known.currency if isinstance(value.known, Money) else None
        amount = exact(sql, value)
        return (amount, literal(currency, Text())) if value.type == MONEY else (amount,)
    if value.type == BOOLEAN:
        return (literal(value.known),)
    return (plain(sql, value, column_type(sql, value.type)),)


def stored(dialect: str, column: ColumnElement[Any], kind: Any) -> ColumnElement[Any]:
    """What a column of this type takes of a worked-out number: rounded half up to its scale.

    For SET and for the values of an index. A number that is too large for 18 digits becomes empty on SQLite
    and is refused by PostgreSQL.
    """
    if isinstance(kind, ScaledDecimal):
        if isinstance(column.type, ScaledDecimal) and column.type.scale == kind.scale:
            return column
        if dialect == "sqlite":
            scale = column.type.scale if isinstance(column.type, ScaledDecimal) else -1
            return func.trellis_stored(column, literal(scale), literal(kind.scale), type_=kind)
        return type_coerce(func.round(cast(column, Exact()), kind.scale), kind)
    if isinstance(column.type, Exact) and isinstance(kind, BigInteger):
        return cast(column, BigInteger())
    return column
