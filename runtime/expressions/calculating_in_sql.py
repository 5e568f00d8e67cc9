"""Arithmetic in SQL: PostgreSQL's exact numbers, and on SQLite the Python meaning itself."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Numeric,
    Text,
    Time,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    type_coerce,
)

from runtime.expressions.arithmetic import DIGITS, PLACES
from runtime.expressions.columns import Exact, Microseconds, ScaledDecimal, UtcDateTime
from runtime.expressions.numbers import DIGITS as STORED
from runtime.expressions.passing import call_python
from runtime.expressions.sql import Sql
from runtime.expressions.units import ADDING, Units, divided, of_column, of_known
from runtime.expressions.value import Value
from runtime.model.types import (
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INTEGER,
    MONEY,
    MONTHS,
    NUMBERS,
    TIME,
    PicklistType,
    ValueType,
)
from runtime.model.values import Money

_TEN = Numeric()


def calculated(sql: Sql, sign: str, left: Value, right: Value) -> Value:
    """What a sign of arithmetic makes of two values, one of which at least the database knows."""
    if (left.is_known and left.known is None) or (right.is_known and right.known is None):
        return Value(left.type)
    if left.type in (DATE, DATETIME) or right.type in (DATE, DATETIME):
        return _dates(sql, sign, left, right)
    if DURATION in (left.type, right.type) or MONTHS in (left.type, right.type):
        return _durations(sql, sign, left, right)
    return _numbers(sql, sign, left, right)


def negated_in_sql(sql: Sql, value: Value) -> Value:
    """A number, an amount or a duration with the other sign."""
    if value.type in (DURATION, MONTHS):
        return Value(value.type, (type_coerce(-value.column, value.column.type),))
    if sql.binding.dialect == "sqlite":
        column, own = call_python(sql, "-…", Exact(), (number_only(value),)), units_of(value)
        units = None if own is None else own.negated()
        return Value(value.type, (column, *value.columns[1:]), units=units)
    column = type_coerce(-exact(sql, value), exact(sql, value).type)
    return Value(value.type, (column, *value.columns[1:]))


def number_only(value: Value) -> Value:
    """An amount as the plain number that it is."""
    if value.is_known and isinstance(value.known, Money):
        return Value(value.type, known=value.known.amount)
    return Value(value.type, value.columns[:1], value.known)


def exact(sql: Sql, value: Value) -> ColumnElement[Any]:
    """The number (of money, the amount) as a column that can be calculated with."""
    if value.is_known:
        known = value.known.amount if isinstance(value.known, Money) else value.known
        if known is None:
            return cast(null(), Numeric())
        number = Decimal(known)  # type: ignore[arg-type]
        scale = max(-int(number.as_tuple().exponent), 0)
        kind = Exact(scale, max(number.adjusted() + 1, 1))
        return literal(number, kind) if sql.binding.dialect == "sqlite" else cast(literal(number, kind), kind)
    column = value.column
    if isinstance(column.type, Exact):
        return column
    scale = column.type.scale if isinstance(column.type, ScaledDecimal) else 0
    kind = Exact(scale, STORED + 1 - scale)
    if sql.binding.dialect == "sqlite":
        return call_python(sql, "number", kind, (number_only(value),))
    return type_coerce(column, kind) if isinstance(column.type, ScaledDecimal) else cast(column, kind)


def currency_of(value: Value) -> ColumnElement[Any] | None:
    """The currency of an amount; None of a plain number."""
    if value.type != MONEY:
        return None
    if value.is_known:
        return literal(value.known.currency, Text()) if isinstance(value.known, Money) else None
    return value.columns[1] if len(value.columns) > 1 else None


def _numbers(sql: Sql, sign: str, left: Value, right: Value) -> Value:
    one, other = currency_of(left), currency_of(right)
    ratio = left.type == right.type == MONEY and sign in ("/", "//")
    is_money = MONEY in (left.type, right.type) and not ratio
    type_ = INTEGER if left.type == right.type == INTEGER else DECIMAL
    units = None
    if sql.binding.dialect == "sqlite":
        column = call_python(sql, sign, Exact(), (number_only(left), number_only(right)))
        units = _in_units(sign, left, right)
    else:
        column = _POSTGRESQL[sign](exact(sql, left), exact(sql, right))
    if one is not None and other is not None:
        same = one_currency(one, other)
        column = case((same, column))
        column = type_coerce(column, Exact())
        units = None if units is None else units.where(same)
    if not is_money:
        return Value(type_, (column,), units=units)
    currency = one if other is None else other if one is None else func.coalesce(one, other)
    return Value(MONEY, (column, null() if currency is None else currency), units=units)


def units_of(value: Value) -> Units | None:
    """A number (of money, the amount) as SQLite can calculate with it; None where it cannot."""
    if value.units is not None:
        return value.units
    if not value.is_known:
        return of_column(value.column)
    known = value.known.amount if isinstance(value.known, Money) else value.known
    return of_known(known) if isinstance(known, Decimal | int) else None


def _in_units(sign: str, left: Value, right: Value) -> Units | None:
    one, other = units_of(left), units_of(right)
    if one is None or other is None:
        return None
    if sign == "/":
        known = right.known.amount if isinstance(right.known, Money) else right.known
        return divided(one, known) if isinstance(known, Decimal | int) else None
    return ADDING[sign](one, other) if sign in ADDING else None


def one_currency(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether two amounts are of one currency; a plain number that became money has none, and meets any."""
    return or_(one == other, one.is_(None), other.is_(None))


def _kinds(left: ColumnElement[Any], right: ColumnElement[Any]) -> tuple[Exact, Exact]:
    one, other = left.type, right.type
    if not isinstance(one, Exact) or not isinstance(other, Exact):
        raise TypeError("Only exact numbers are calculated with.")
    return one, other


def settled_in_postgresql(column: ColumnElement[Any], scale: int, digits: int) -> ColumnElement[Any]:
    """A result with 12 places at most, and NULL when it is too large."""
    if scale > PLACES:
        column, scale = func.round(column, PLACES, type_=Numeric()), PLACES
    if digits > DIGITS:
        column, digits = func.trellis_bounded(column), DIGITS
    return type_coerce(column, Exact(scale, digits))


def _added(sign: str) -> Callable[[ColumnElement[Any], ColumnElement[Any]], ColumnElement[Any]]:
    def add(left: ColumnElement[Any], right: ColumnElement[Any]) -> ColumnElement[Any]:
        one, other = _kinds(left, right)
        column = _signed(left, sign, right)
        return settled_in_postgresql(column, max(one.scale, other.scale), max(one.digits, other.digits) + 1)

    return add


def _multiplied(left: ColumnElement[Any], right: ColumnElement[Any]) -> ColumnElement[Any]:
    one, other = _kinds(left, right)
    column = _signed(left, "*", right)
    return settled_in_postgresql(column, one.scale + other.scale, one.digits + other.digits)


def _signed(left: ColumnElement[Any], sign: str, right: ColumnElement[Any]) -> ColumnElement[Any]:
    plain = type_coerce(left, Numeric()), type_coerce(right, Numeric())
    return plain[0].op(sign, return_type=Numeric())(plain[1]).self_group()


def _called(name: str) -> Callable[[ColumnElement[Any], ColumnElement[Any]], ColumnElement[Any]]:
    def call(left: ColumnElement[Any], right: ColumnElement[Any]) -> ColumnElement[Any]:
        return getattr(func, name)(left, right, type_=Exact())  # type: ignore[no-any-return]

    return call


_POSTGRESQL: Mapping[str, Callable[[ColumnElement[Any], ColumnElement[Any]], ColumnElement[Any]]] = (
    MappingProxyType(
        {
            "+": _added("+"),
            "-": _added("-"),
            "*": _multiplied,
            "/": _called("trellis_divide"),
            "//": _called("trellis_floor_divide"),
            "%": _called("trellis_remainder"),
            "**": _called("trellis_power"),
        }
    )
)


def _dates(sql: Sql, sign: str, left: Value, right: Value) -> Value:
    if right.type in (DATE, DATETIME):
        return Value(DURATION, (_apart(sql, left, right),))
    kind = Date() if left.type == DATE else UtcDateTime()
    if sql.binding.dialect == "sqlite":
        return Value(left.type, (call_python(sql, sign, kind, (left, right)),))
    by = plain(sql, right, BigInteger())
    name = {
        (DATE, DURATION): "trellis_move_date",
        (DATETIME, DURATION): "trellis_move_moment",
        (DATE, MONTHS): "trellis_add_months",
        (DATETIME, MONTHS): "trellis_add_months_to_moment",
    }[left.type, right.type]
    column = getattr(func, name)(plain(sql, left, kind), -by if sign == "-" else by, type_=kind)
    return Value(left.type, (column,))


def plain(sql: Sql, value: Value, kind: Any) -> ColumnElement[Any]:
    """The column, or what is known as one of this type."""
    if not value.is_known:
        return value.column
    known = value.known
    if value.type == MONTHS:
        known = getattr(known, "n", None)
    if value.type == DURATION:
        kind = Microseconds()
    bound = literal(known, kind)
    return bound if sql.binding.dialect == "sqlite" else cast(bound, kind)


def _apart(sql: Sql, left: Value, right: Value) -> ColumnElement[Any]:
    if sql.binding.dialect == "sqlite":
        return call_python(sql, "-", Microseconds(), (left, right))
    if left.type == DATE:
        one, other = plain(sql, left, Date()), plain(sql, right, Date())
        days = cast(one.op("-", return_type=BigInteger())(other), BigInteger())
        return type_coerce(days * literal(86_400_000_000, BigInteger()), Microseconds())
    one, other = plain(sql, left, UtcDateTime()), plain(sql, right, UtcDateTime())
    return func.trellis_apart(one, other, type_=Microseconds())


def _durations(sql: Sql, sign: str, left: Value, right: Value) -> Value:
    if left.type == right.type == MONTHS:
        one, other = plain(sql, left, BigInteger()), plain(sql, right, BigInteger())
        return Value(MONTHS, (one + other if sign == "+" else one - other,))
    ratio = left.type == right.type == DURATION and sign == "/"
    type_: ValueType = left.type if not ratio else right.type
    kind: Any = Exact() if ratio else Microseconds()
    if sql.binding.dialect == "sqlite":
        column = call_python(sql, sign, kind, (left, right))
    else:
        one, other = _as_number(sql, left), _as_number(sql, right)
        column = _POSTGRESQL[sign](one, other)
        if not ratio:
            column = func.trellis_duration(column, type_=Microseconds())
    if ratio:
        return Value(NUMBERS[1], (column,))
    return Value(DURATION if type_ in (DURATION, *NUMBERS) else type_, (column,))


def _as_number(sql: Sql, value: Value) -> ColumnElement[Any]:
    if value.type != DURATION:
        return exact(sql, value)
    kind = Exact(0, 18)
    return cast(plain(sql, value, Microseconds()), kind)


def extreme_in_sql(sql: Sql, type_: ValueType, name: str, values: Sequence[Value]) -> Value:
    """The least or the greatest of values; empty ones are left out, and several currencies have none."""
    values = [value for value in values if not (value.is_known and value.known is None)]
    kind = column_type(sql, type_)
    if sql.binding.dialect == "sqlite":
        column = call_python(sql, name, kind, tuple(map(number_only, values)))
    else:
        parts = [exact(sql, v) if type_ in (*NUMBERS, MONEY) else plain(sql, v, kind) for v in values]
        column = getattr(func, "least" if name == "min" else "greatest")(*parts, type_=kind)
    if type_ != MONEY:
        return Value(type_, (column,))
    codes = [
        case((exact(sql, value).is_not(None), code))
        for value in values
        if (code := currency_of(value)) is not None
    ]
    agreed = [one_currency(one, code) for one, code in combinations(codes, 2)]
    if agreed:
        column = type_coerce(case((and_(*agreed), column)), kind)
    currency = func.coalesce(*codes) if len(codes) > 1 else codes[0] if codes else null()
    return Value(MONEY, (column, currency))


def column_type(sql: Sql, type_: ValueType) -> Any:
    """The type of the column that a worked-out value is in."""
    if isinstance(type_, PicklistType):
        return sql.binding.picklist_type(type_.picklist)
    if type_ in (*NUMBERS, MONEY):
        return Exact()
    kinds: dict[ValueType, Any] = {
        DATE: Date(),
        DATETIME: UtcDateTime(),
        DURATION: Microseconds(),
        MONTHS: BigInteger(),
        TIME: Time(),
    }
    return kinds.get(type_, Text())
