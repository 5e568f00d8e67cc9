"""Keeping in SQL: what a computed field's columns take of its expression's value."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Text, case, cast, func, literal, type_coerce
from sqlalchemy.types import TypeEngine

from runtime.expressions.calculating_in_sql import currency_of, units_of
from runtime.expressions.columns import Exact, ScaledDecimal
from runtime.expressions.keeping import kept
from runtime.expressions.numbers import DIGITS
from runtime.expressions.sql import Sql
from runtime.expressions.tree import Kept, Node
from runtime.expressions.units import stored
from runtime.expressions.value import Value
from runtime.model.catalog import Field
from runtime.model.currency import minor_digits
from runtime.model.types import INTEGER, MONEY, TEXT
from runtime.model.values import Money


def kept_in_sql(sql: Sql, node: Kept) -> Value:
    """What the field's columns take."""
    value, kind, settings = sql.value(node.of), node.type, node.field.settings
    if value.is_known:
        return Value(kind, known=kept(value.known, node.field))
    if kind == MONEY:
        return Value(kind, _money(sql, value, node.field))
    if kind == TEXT:
        return Value(kind, (_cut(value.column, settings.get("max")),))
    column = BigInteger() if kind == INTEGER else ScaledDecimal(settings["scale"])
    return Value(kind, (_rounded(sql, value, column, getattr(column, "scale", 0)),))


def field_columns(sql: Sql, node: Node, kinds: Sequence[TypeEngine[Any]]) -> tuple[ColumnElement[Any], ...]:
    """The columns that a virtual field would have if it were stored, of these types."""
    value = sql.value(node)
    if not value.is_known:
        return value.columns
    known = value.known
    parts = (known.amount, known.currency) if isinstance(known, Money) else (known,) * len(kinds)
    bound = [literal(part, kind) for part, kind in zip(parts, kinds, strict=True)]
    if sql.binding.dialect == "sqlite":
        return tuple(bound)
    return tuple(cast(each, kind) for each, kind in zip(bound, kinds, strict=True))


def _rounded(sql: Sql, value: Value, kind: Any, digits: int) -> ColumnElement[Any]:
    """The number as one of this type, with so many decimals; empty when it is too large for 18 digits."""
    column = value.column
    scale = kind.scale if isinstance(kind, ScaledDecimal) else 0
    own = column.type.scale if isinstance(column.type, ScaledDecimal) else 0
    if not isinstance(column.type, Exact) and own == scale == digits:
        return type_coerce(column, kind)
    if sql.binding.dialect == "sqlite":
        given = -1 if isinstance(column.type, Exact) else own
        if digits != scale:
            column, given = func.trellis_stored(column, literal(given), literal(digits)), digits
        asked = func.trellis_stored(column, literal(given), literal(scale), type_=kind)
        units = units_of(value)
        quick = None if units is None else stored(units, digits, scale)
        return asked if quick is None else type_coerce(quick.otherwise(asked), kind)
    rounded = func.round(cast(column, Exact()), digits, type_=Exact())
    limit = cast(literal(Decimal(1).scaleb(DIGITS - scale), Exact()), Exact())
    fitting = case((func.abs(rounded, type_=Exact()) < limit, rounded))
    return cast(fitting, kind) if isinstance(kind, BigInteger) else type_coerce(fitting, kind)


def _money(sql: Sql, value: Value, field: Field) -> tuple[ColumnElement[Any], ...]:
    kind, usual = ScaledDecimal(field.settings["scale"]), field.settings["currency"]
    written = currency_of(value)
    code: ColumnElement[Any] = literal(usual, Text())
    if written is None:
        amount = _rounded(sql, value, kind, minor_digits(usual))
    else:
        code = func.coalesce(written, code, type_=Text())
        by_digits: dict[int, list[str]] = {}
        for currency in field.settings["currencies"]:
            by_digits.setdefault(minor_digits(currency), []).append(currency)
        amount = case(
            *((code.in_(codes), _rounded(sql, value, kind, digits)) for digits, codes in by_digits.items())
        )
    return type_coerce(amount, kind), type_coerce(case((amount.is_not(None), code)), Text())


def _cut(column: ColumnElement[Any], most: int | None) -> ColumnElement[Any]:
    cut = column if most is None else func.substr(column, 1, most, type_=Text())
    return func.nullif(cut, literal("", Text()), type_=Text())
