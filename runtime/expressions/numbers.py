"""Exact decimals as whole numbers of units: 12.50 at scale 2 is 1250 units; nothing rounds by itself."""

from decimal import Context, Decimal, Inexact

DIGITS = 18
"""How many digits a number may have, on every database."""

_EXACT = Context(prec=100, traps=[Inexact])

LIMIT = 1_000_000_000_000_000_000
"""Units of a stored number stay below this, in either direction."""


def exact_units(value: Decimal | int, scale: int) -> int | None:
    """The number of units, or None when the value has more decimals than the scale or is out of range."""
    if type(value) is Decimal and value.is_finite() and value.adjusted() + scale <= DIGITS:
        return _scaled(value, scale)  # nearly every number, and much the quicker
    parts = _parts(value, scale)
    if parts is None:
        return None
    whole, remainder = parts
    return whole if not remainder and abs(whole) < LIMIT else None


def _scaled(value: Decimal, scale: int) -> int | None:
    try:
        scaled = value.scaleb(scale, _EXACT)
    except Inexact:
        return None
    units = int(scaled)
    return units if units == scaled and abs(units) < LIMIT else None


def floor_units(value: Decimal | int, scale: int) -> int:
    """The most units that are not above the value; clamped to the limits."""
    parts = _parts(value, scale)
    if parts is None:
        return -LIMIT if value < 0 else LIMIT
    return max(-LIMIT, min(LIMIT, parts[0]))


def ceiling_units(value: Decimal | int, scale: int) -> int:
    """The fewest units that are not below the value; clamped to the limits."""
    return -floor_units(-value, scale)


def from_units(units: int, scale: int) -> Decimal:
    """The decimal that so many units are; it has exactly ``scale`` decimals."""
    return Decimal(units).scaleb(-scale, _EXACT)


def _power(exponent: int) -> int:
    return int(10**exponent)


def _parts(value: Decimal | int, scale: int) -> tuple[int, bool] | None:
    """The floor in units and whether something is left over; None when it is far out of range."""
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(f"{number} is not a number that can be stored or compared.")
    if number and number.adjusted() + scale > DIGITS:
        return None
    sign, digits, exponent = number.as_tuple()
    amount = int("".join(map(str, digits)))
    shift = int(exponent) + scale
    if shift >= 0:
        units, remainder = amount * _power(shift), 0
    elif -shift > len(digits):
        units, remainder = 0, amount
    else:
        units, remainder = divmod(amount, _power(-shift))
    if sign:
        return (-units - 1 if remainder else -units), bool(remainder)
    return units, bool(remainder)
