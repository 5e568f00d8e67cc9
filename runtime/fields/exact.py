"""How a number is read exactly, through any door, and held to 18 digits; what types with decimals share."""

import math
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from runtime.base.messages import message, phrase
from runtime.expressions.columns import ScaledDecimal
from runtime.fields.base import (
    Column,
    FieldType,
    Input,
    InvalidValueError,
    Parsing,
    Surroundings,
    refuse,
    refuse_unreadable,
)
from runtime.fields.formats import Formats, UnreadableError
from runtime.fields.matching import check_pattern, hold_to_pattern
from runtime.model.catalog import Field

DIGITS = 18
"""The digits a number may have, decimals included, on every database."""
LONGEST_NUMBER = 20
"""The characters of such a number, with its sign and its point."""

DECIMALS = 2
"""How many decimals are kept where the setting ``scale`` says nothing."""

SCALE: dict[str, Any] = {
    "type": "integer",
    "minimum": 0,
    "maximum": 12,
    "default": DECIMALS,
    "description": "How many decimals are kept; more are rounded, half away from zero.",
}
"""The setting ``scale``."""

_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_JSON_NUMBER = re.compile(r"-?[0-9]{1,60}(?:\.[0-9]{1,60})?(?:[eE][+-]?[0-9]{1,4})?")
_TOO_LARGE = phrase("{label} is too large: it may have {digits} digits before the decimal point.")


class ExactType(FieldType):
    """A type whose value is a decimal with the ``scale`` of its settings."""

    filtered_by = "range"
    measured = True
    operators = ("==", "!=", "<", "<=", ">", ">=", "in", "not in", "is_empty")

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings with the usual decimals."""
        check_limits(settings)
        check_pattern(settings, LONGEST_NUMBER)
        return {"scale": DECIMALS, **settings}

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """One column of exact decimals."""
        return (Column("", ScaledDecimal(settings["scale"])),)

    def parse(self, raw: object, field: Field, parsing: Parsing) -> Decimal | None:
        """The number, rounded half away from zero to its scale."""
        written = read_decimal(raw, field, parsing)
        if written is None:
            return None
        number = rounded(written, field.settings["scale"], field)
        within(number, field)
        hold_to_pattern(self.plain(number), field)
        return number

    def to_json(self, value: Any) -> object:
        """A string of exact digits."""
        return None if value is None else f"{value:f}"

    def from_json(self, value: Any) -> object:
        """The number again."""
        return None if value is None else Decimal(value)

    def plain(self, value: Any) -> str:
        """Exact digits with a decimal point."""
        return "" if value is None else f"{value:f}"

    def input(self, value: Any, field: Field, formats: Formats) -> Input:
        """The number with the reader's decimal separator."""
        return "" if value is None else formats.input_number(value)


def read_decimal(raw: object, field: Field, parsing: Parsing) -> Decimal | None:
    """The number that was written, not rounded yet, of a size that can be; None when it is empty."""
    if isinstance(raw, str):
        text = raw.strip()
        return _of_text(text, field, parsing) if text else None
    if raw is None:
        return None
    if isinstance(raw, Decimal):
        return _of_decimal(raw, field)
    if isinstance(raw, int) and not isinstance(raw, bool):
        if raw.bit_length() > 64:
            raise refuse(field, _TOO_LARGE, digits=DIGITS)
        return Decimal(raw)
    if isinstance(raw, float) and math.isfinite(raw):
        return _of_decimal(Decimal(repr(raw)), field)
    raise refuse(field, "{label} must be a number.")


def read_integer(raw: object, field: Field, parsing: Parsing) -> int | None:
    """The whole number that was written; None when it is empty."""
    if isinstance(raw, str) and parsing.door != "rest":
        if not raw.strip():
            return None
        try:
            whole = parsing.formats.parse_integer(raw, parsing.decimal)
        except UnreadableError as error:
            raise refuse_unreadable(field, error) from None
    else:
        number = read_decimal(raw, field, parsing)
        if number is None:
            return None
        if number != number.to_integral_value(context=_EXACT):
            raise refuse(field, "{label} must be a whole number.")
        whole = int(number)
    if abs(whole) >= 10**DIGITS:
        raise refuse(field, _TOO_LARGE, digits=DIGITS)
    return whole


def rounded(number: Decimal, scale: int, field: Field) -> Decimal:
    """The number with exactly ``scale`` decimals, half away from zero; refused when it has over 18 digits."""
    if number.adjusted() >= DIGITS:
        raise refuse(field, _TOO_LARGE, digits=DIGITS - scale)
    result = number.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP, _EXACT)
    if result.adjusted() >= DIGITS - scale:
        raise refuse(field, _TOO_LARGE, digits=DIGITS - scale)
    return result or abs(result)


def trimmed(number: Decimal) -> Decimal:
    """The same number without the zeros that end its decimals."""
    whole = number.to_integral_value(context=_EXACT)
    return whole if whole == number else number.normalize(_EXACT)


def within(number: Decimal | int, field: Field) -> None:
    """Refuses a number outside the settings ``min`` and ``max``."""
    least, most = field.settings.get("min"), field.settings.get("max")
    if least is not None and number < least:
        raise refuse(field, "{label} must be at least {min}.", min=least)
    if most is not None and number > most:
        raise refuse(field, "{label} must be at most {max}.", max=most)


def check_limits(settings: Mapping[str, Any]) -> None:
    """Refuses settings whose ``min`` is above their ``max``."""
    least, most = settings.get("min"), settings.get("max")
    if least is not None and most is not None and least > most:
        raise InvalidValueError(message("The setting min ({min}) is above max ({max}).", min=least, max=most))


def _of_text(text: str, field: Field, parsing: Parsing) -> Decimal:
    if parsing.door == "rest":
        if not _JSON_NUMBER.fullmatch(text):
            raise refuse(field, "{label} must be a number.")
        return _of_decimal(Decimal(text), field)
    try:
        return _of_decimal(parsing.formats.parse_decimal(text, parsing.decimal), field)
    except UnreadableError as error:
        raise refuse_unreadable(field, error) from None


def _of_decimal(number: Decimal, field: Field) -> Decimal:
    """Refuses what is no number or far too large, before anything spells it out; far too small is 0."""
    if not number.is_finite():
        raise refuse(field, "{label} must be a number.")
    if not number or number.adjusted() < -DIGITS:
        return Decimal(0)
    if number.adjusted() >= DIGITS:
        raise refuse(field, _TOO_LARGE, digits=DIGITS)
    return number
