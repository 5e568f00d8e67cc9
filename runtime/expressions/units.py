"""Whole units: where SQLite can calculate with integers itself, which is much quicker than asking Python.

A number with ``scale`` decimals is so many units in an INTEGER. What the database makes of them is exact as
long as no step leaves 62 bits: each step says how large its result may be, and where that cannot be known
before, under which conditions it holds. Where they do not, the Python meaning is called.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import isqrt
from types import MappingProxyType
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, func, literal, type_coerce

from runtime.expressions.arithmetic import PLACES
from runtime.expressions.columns import ScaledDecimal
from runtime.expressions.numbers import LIMIT

HIGHEST = 1 << 62
ROOT = isqrt(HIGHEST)


@dataclass(frozen=True, slots=True)
class Units:
    """A number in whole units: an integer column of SQLite, which is never beyond ``bound`` in either
    direction wherever all of ``holds`` are true.
    """

    column: ColumnElement[Any]
    scale: int
    bound: int
    holds: tuple[ColumnElement[bool], ...] = ()

    def within(self, most: int) -> "Units":
        """The same, where it is not beyond ``most``."""
        if self.bound <= most:
            return self
        fits = func.coalesce(self.column, 0).between(-most, most)
        return replace(self, bound=most, holds=(*self.holds, fits))

    def where(self, condition: ColumnElement[bool]) -> "Units":
        """The same, where something else is true too."""
        return replace(self, holds=(*self.holds, condition))

    def negated(self) -> "Units":
        """With the other sign."""
        return replace(self, column=-self.column)

    def otherwise(self, slow: ColumnElement[Any]) -> ColumnElement[Any]:
        """The units where they hold, and what Python makes of it elsewhere."""
        return case((and_(*self.holds), self.column), else_=slow) if self.holds else self.column


def of_column(column: ColumnElement[Any]) -> Units | None:
    """A column as units; None where it is no exact number of so many decimals."""
    if isinstance(column.type, ScaledDecimal):
        return Units(type_coerce(column, BigInteger()), column.type.scale, LIMIT)
    if isinstance(column.type, BigInteger):
        return Units(column, 0, 1 << 63)
    return None


def of_known(number: Decimal | int) -> Units | None:
    """A number that is known as units; None where it has too many digits."""
    value = Decimal(number)
    scale = max(-int(value.as_tuple().exponent), 0)
    if scale > PLACES or value.adjusted() + scale > 18:
        return None
    units = int(value.scaleb(scale))
    return Units(literal(units, BigInteger()), scale, max(abs(units), 1))


def times(left: Units, right: Units) -> Units | None:
    """The product; None where it has more places than a result keeps."""
    if left.scale + right.scale > PLACES:
        return None
    if left.bound * right.bound > HIGHEST:
        if left.bound > ROOT and right.bound > ROOT:
            left, right = left.within(ROOT), right.within(ROOT)
        elif left.bound > ROOT:
            left = left.within(HIGHEST // right.bound)
        else:
            right = right.within(HIGHEST // left.bound)
    column = left.column * right.column
    return Units(column, left.scale + right.scale, left.bound * right.bound, (*left.holds, *right.holds))


def _added(left: Units, right: Units, sign: str) -> Units | None:
    scale = max(left.scale, right.scale)
    one, other = at_scale(left, scale), at_scale(right, scale)
    if one is None or other is None:
        return None
    if one.bound + other.bound > HIGHEST:
        one, other = one.within(HIGHEST // 2), other.within(HIGHEST // 2)
    column = one.column + other.column if sign == "+" else one.column - other.column
    return Units(column, scale, one.bound + other.bound, (*one.holds, *other.holds))


def divided(left: Units, divisor: Decimal | int) -> Units | None:
    """The quotient by a number that is known, where it comes out even; else None."""
    inverse = 1 / Fraction(divisor) if divisor else None
    if inverse is None:
        return None
    for places in range(PLACES + 1):
        if (inverse * 10**places).denominator == 1:
            factor = int(inverse * 10**places)
            if factor == 1 and left.scale + places <= PLACES:
                return replace(left, scale=left.scale + places)
            known = of_known(factor)
            return None if known is None else times(left, replace(known, scale=places))
    return None


def at_scale(units: Units, scale: int) -> Units | None:
    """The same number with more decimals."""
    if units.scale == scale:
        return units
    places, factor = scale - units.scale, 10 ** (scale - units.scale)
    return times(units, Units(literal(factor, BigInteger()), places, factor))


def stored(units: Units, digits: int, scale: int) -> Units | None:
    """Rounded half away from zero to ``digits`` decimals, as a column of so many decimals keeps it."""
    if units.scale > digits:
        step = 10 ** (units.scale - digits)
        units = units.within(HIGHEST - step)
        half, column = step // 2, units.column
        rounded = case((column < 0, -((half - column) // step)), else_=(column + half) // step)
        units = replace(units, column=rounded, scale=digits, bound=units.bound // step + 1)
    found = at_scale(units, scale)
    return None if found is None else found.within(LIMIT - 1)


ADDING: Mapping[str, Callable[[Units, Units], Units | None]] = MappingProxyType(
    {
        "+": lambda one, other: _added(one, other, "+"),
        "-": lambda one, other: _added(one, other, "-"),
        "*": times,
    }
)
"""What two numbers of the database make."""
