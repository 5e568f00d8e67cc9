"""YAML 1.2 core scalars, as far as this language has them: null, true and false, and exact numbers; all
else is text.
"""

import re
from decimal import Decimal

DIGITS = 18
"""The most digits a number has: what both databases and the expressions hold exactly."""

CONSTANTS = {
    "null": None,
    "Null": None,
    "NULL": None,
    "~": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
DECIMAL = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
NUMBER_STARTS = frozenset("-+.0123456789")


class TooLongError(ValueError):
    """A number has more digits than can be kept exactly."""


def resolve(text: str) -> bool | int | Decimal | str | None:
    """What a plain (unquoted) scalar means. ``no``, ``on``, ``12:30``, ``012``, ``1_000`` and dates are text.

    Raises :class:`TooLongError` for a number that has more than 18 digits.
    """
    if text in CONSTANTS:
        return CONSTANTS[text]
    if text[:1] not in NUMBER_STARTS:
        return text
    if INTEGER.fullmatch(text):
        _refuse_many_digits(text)
        return int(text)
    if text not in (".", "-", "+") and DECIMAL.fullmatch(text):
        return _exact(text)
    return text


def _exact(text: str) -> Decimal:
    mantissa, _, exponent = text.lower().partition("e")
    _refuse_many_digits(mantissa)
    if exponent and (len(exponent) > 3 or abs(int(exponent)) > DIGITS):
        raise TooLongError(text)
    number = Decimal(mantissa).scaleb(int(exponent or 0))
    if abs(number) >= 10**DIGITS or -int(number.as_tuple().exponent) > DIGITS:
        raise TooLongError(text)
    return Decimal(format(number, "f"))


def _refuse_many_digits(text: str) -> None:
    if sum(character.isdigit() for character in text) > DIGITS:
        raise TooLongError(text)
