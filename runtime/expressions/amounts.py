"""Comparing exact numbers in SQL, whatever their scales: what is compared is shifted, never rounded.

SQLite keeps a decimal as a whole number of units, so both sides are brought to units in whole-number
arithmetic that cannot overflow; PostgreSQL compares NUMERIC exactly by itself.
"""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Numeric, and_, case, false, func, literal, type_coerce

from runtime.expressions.columns import Exact, ScaledDecimal
from runtime.expressions.numbers import ceiling_units, exact_units, floor_units, from_units

_SIGNS: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {"==": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
)
FLIPPED: Mapping[str, str] = MappingProxyType({"<": ">", "<=": ">=", ">": "<", ">=": "<="})
"""Each sign as it is when the sides change places."""


def compare(sign: str, left: Any, right: Any) -> Any:
    """``left`` and ``right`` compared as the sign says."""
    return _SIGNS[sign](left, right)


def signed(sign: str, left: ColumnElement[Any], right: ColumnElement[Any]) -> ColumnElement[bool]:
    """The comparison of two columns as the sign says."""
    condition: ColumnElement[bool] = _SIGNS[sign](left, right)
    return condition


def equal_to(dialect: str, column: ColumnElement[Any], number: Decimal | int) -> ColumnElement[bool]:
    """Whether a column holds a number; false when the column's scale cannot hold it."""
    if isinstance(column.type, Exact):
        return _exactly(dialect, "==", column, literal(number, Exact()))
    scale = _scale(column)
    units = exact_units(number, scale)
    if units is None:
        return false()
    return _plain(dialect, column) == _units(dialect, column, units)


def ordered_to(
    dialect: str, sign: str, column: ColumnElement[Any], number: Decimal | int
) -> ColumnElement[bool]:
    """Whether a column is less or more than a number, moved to the nearest unit that asks the same.

    At scale 2, ``x < 10.005`` asks the same as ``x < 10.01``, and ``x <= 10.005`` as ``x <= 10.00``.
    """
    if isinstance(column.type, Exact):
        return _exactly(dialect, sign, column, literal(number, Exact()))
    scale = _scale(column)
    units = ceiling_units(number, scale) if sign in ("<", ">=") else floor_units(number, scale)
    return signed(sign, _plain(dialect, column), _units(dialect, column, units))


def equal(dialect: str, left: ColumnElement[Any], right: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether two columns hold the same number."""
    if isinstance(left.type, Exact) or isinstance(right.type, Exact):
        return _exactly(dialect, "==", left, right)
    coarse, fine = sorted((left, right), key=_scale)
    factor = _factor(coarse, fine)
    coarse, fine = _plain(dialect, coarse), _plain(dialect, fine)
    if dialect != "sqlite" or factor == 1:
        return coarse == fine
    return and_(_remainder(fine, factor) == 0, coarse == _quotient(fine, factor))


def ordered(
    dialect: str, sign: str, left: ColumnElement[Any], right: ColumnElement[Any]
) -> ColumnElement[bool]:
    """Whether one column is less or more than another."""
    if isinstance(left.type, Exact) or isinstance(right.type, Exact):
        return _exactly(dialect, sign, left, right)
    if _scale(left) > _scale(right):
        left, right, sign = right, left, FLIPPED[sign]
    factor = _factor(left, right)
    coarse, fine = _plain(dialect, left), _plain(dialect, right)
    if dialect != "sqlite" or factor == 1:
        return signed(sign, coarse, fine)
    remainder = _remainder(fine, factor)
    truncated = _quotient(fine, factor)
    if sign in ("<", ">="):
        return signed(sign, coarse, truncated + case((remainder > 0, 1), else_=0))
    return signed(sign, coarse, truncated - case((remainder < 0, 1), else_=0))


def _exactly(
    dialect: str, sign: str, left: ColumnElement[Any], right: ColumnElement[Any]
) -> ColumnElement[bool]:
    """A comparison with a number that was calculated."""
    if dialect == "sqlite":
        places = (literal(_text_or_units(side)) for side in (left, right))
        difference = func.trellis_compare(left, next(places), right, next(places), type_=BigInteger())
        return signed(sign, difference, literal(0))
    return signed(sign, type_coerce(left, Numeric()), type_coerce(right, Numeric()))


def _text_or_units(column: ColumnElement[Any]) -> int:
    return -1 if isinstance(column.type, Exact) else _scale(column)


def _scale(column: ColumnElement[Any]) -> int:
    return column.type.scale if isinstance(column.type, ScaledDecimal) else 0


def _factor(coarse: ColumnElement[Any], fine: ColumnElement[Any]) -> int:
    return int(10 ** (_scale(fine) - _scale(coarse)))


def _plain(dialect: str, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column as the database has it: units on SQLite, a number on PostgreSQL."""
    if not isinstance(column.type, ScaledDecimal):
        return column
    return type_coerce(column, BigInteger() if dialect == "sqlite" else Numeric())


def _units(dialect: str, column: ColumnElement[Any], units: int) -> ColumnElement[Any]:
    if dialect == "sqlite" or not isinstance(column.type, ScaledDecimal):
        return literal(units, BigInteger())
    return literal(from_units(units, column.type.scale), Numeric())


def _quotient(units: ColumnElement[Any], factor: int) -> ColumnElement[Any]:
    """Divided toward zero, as SQLite divides whole numbers; SQLAlchemy's own sign would make it a float."""
    return units.op("/", return_type=BigInteger())(literal(factor, BigInteger()))


def _remainder(units: ColumnElement[Any], factor: int) -> ColumnElement[Any]:
    return units.op("%", return_type=BigInteger())(literal(factor, BigInteger()))
