"""Arithmetic with exact decimals, in Python: 12 places at most, half away from zero, and bounded.

What two values make is exact where that has no more than 12 places; else it is rounded there, half away from
zero. A division by zero is empty. What is too large (36 digits before the point) is empty too, and noted: a
save refuses it. PostgreSQL computes the same by itself, and SQLite calls these very functions.
"""

import re
from decimal import ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from typing import Any

Number = Decimal | int

PLACES = 12
"""Decimals that a result keeps."""
DIGITS = 36
"""Digits before the point that a result may have."""
HIGHEST_POWER = 100

_WIDE = Context(prec=120, rounding=ROUND_DOWN)
_SMALLEST = Decimal(1).scaleb(-PLACES)
_LIMIT = 10**DIGITS


class TooLargeError(ArithmeticError):
    """A result has more digits than a number may have."""


class CurrencyError(ArithmeticError):
    """Two currencies would have to be mixed."""


def settled(value: Any) -> Any:
    """A result with 12 places at most; raises :class:`TooLargeError`."""
    if type(value) is int:
        if -_LIMIT < value < _LIMIT:
            return value
        raise TooLargeError
    if value.as_tuple().exponent < -PLACES:
        value = value.quantize(_SMALLEST, ROUND_HALF_UP, _WIDE)
    if value.adjusted() >= DIGITS:
        raise TooLargeError
    return value


def add(left: Number, right: Number) -> Any:
    """The sum."""
    if type(left) is int and type(right) is int:
        return settled(left + right)
    return settled(_WIDE.add(left, right))


def subtract(left: Number, right: Number) -> Any:
    """The difference."""
    if type(left) is int and type(right) is int:
        return settled(left - right)
    return settled(_WIDE.subtract(left, right))


def multiply(left: Number, right: Number) -> Any:
    """The product."""
    if type(left) is int and type(right) is int:
        return settled(left * right)
    return settled(_WIDE.multiply(left, right))


def divide(left: Number, right: Number) -> Decimal | None:
    """The quotient, taken to 12 places; None for a division by zero."""
    if not right:
        return None
    quotient: Decimal = settled(_WIDE.divide(Decimal(left), Decimal(right)))
    return quotient


def floor_divide(left: Number, right: Number) -> Any:
    """The greatest whole number that is not above the quotient; None for a division by zero."""
    if not right:
        return None
    if type(left) is int and type(right) is int:
        return left // right
    quotient = _WIDE.divide_int(Decimal(left), Decimal(right))
    if (left < 0) != (right < 0) and _WIDE.multiply(quotient, right) != left:
        quotient = _WIDE.subtract(quotient, 1)
    return settled(quotient)


def remainder(left: Number, right: Number) -> Any:
    """What a division that floors leaves over: it has the sign of the divisor. None by zero."""
    if not right:
        return None
    if type(left) is int and type(right) is int:
        return left % right
    return settled(_WIDE.subtract(left, _WIDE.multiply(floor_divide(left, right), right)))


def power(base: Number, exponent: Number) -> Number | None:
    """``base`` times itself, step by step; a negative exponent divides. None past 100 steps."""
    steps = int(exponent)
    if steps != exponent or abs(steps) > HIGHEST_POWER:
        return None
    result: Any = 1
    for _ in range(abs(steps)):
        result = multiply(result, base)
    return divide(1, result) if steps < 0 else result


def negate(value: Number) -> Number:
    """The same on the other side of zero; there is no negative zero."""
    return -value if value else value


def round_half_up(value: Number, places: int = 0) -> Any:
    """Rounded half away from zero; ``places`` may be negative, for tens and hundreds."""
    if not -DIGITS <= places <= PLACES:
        return None
    if type(value) is int and places >= 0:
        return value
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)
    if places < 0:
        rounded = rounded.quantize(Decimal(1), context=_WIDE)
    return int(rounded) if type(value) is int else settled(rounded + 0)


def floor(value: Number) -> int:
    """The greatest whole number that is not above it."""
    return int(Decimal(value).to_integral_value(ROUND_FLOOR))


def ceiling(value: Number) -> int:
    """The least whole number that is not below it."""
    return -floor(-value)


def written(value: Number) -> str:
    """The digits, without zeros that say nothing: ``12.5``, ``0``, ``-3``."""
    if isinstance(value, int):
        return str(value)
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


PLAIN_NUMBER = r"^[+-]?[0-9]{1,18}(\.[0-9]{1,12})?$"
_PLAIN = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,12})?\Z")


def read_number(text: str) -> Decimal | None:
    """The number of a text that is written plainly; None when it is none."""
    trimmed = text.strip(" ")
    return Decimal(trimmed) if _PLAIN.match(trimmed) else None
