"""Keeping: what a computed field makes of its expression's value.

A number is rounded half away from zero to the field's decimals, money to those of its currency, and a plain
number in a field of money is of the field's usual currency; a text is cut to the field's length. What has too
many digits, or is of a currency that the field does not have, is empty: a computed field refuses no save.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from runtime.expressions.arithmetic import round_half_up
from runtime.expressions.numbers import DIGITS, LIMIT
from runtime.expressions.tree import Kept, Node
from runtime.model.catalog import Field
from runtime.model.currency import minor_digits
from runtime.model.types import DECIMAL, INTEGER, MONEY, PERCENT, TEXT, ValueType
from runtime.model.values import Money


def keeping(tree: Node, field: Field) -> Node:
    """The tree of a field's value as the field keeps it."""
    if field.value_type not in _KEPT:
        return replace(tree, type=field.value_type)
    return Kept(field.value_type, tree.start, tree.end, tree, field)


def kept(value: Any, field: Field) -> object:
    """The canonical value."""
    return None if value is None else _KEPT[field.value_type](value, field)


def _whole(value: Any, field: Field) -> int | None:
    number = int(round_half_up(value, 0))
    return number if abs(number) < LIMIT else None


def _number(value: Any, field: Field) -> Decimal | None:
    scale = field.settings["scale"]
    return _bounded(round_half_up(value, scale), scale, scale)


def _money(value: Any, field: Field) -> Money | None:
    amount, currency = (value.amount, value.currency) if isinstance(value, Money) else (value, "")
    currency = currency or field.settings["currency"]
    if currency not in field.settings["currencies"]:
        return None
    digits = minor_digits(currency)
    number = _bounded(round_half_up(amount, digits), field.settings["scale"], digits)
    return None if number is None else Money(number, currency)


def _text(value: str, field: Field) -> str | None:
    return value[: field.settings.get("max")] or None


def _bounded(number: Decimal | int, scale: int, digits: int) -> Decimal | None:
    """With so many decimals; None when it has over 18 digits, ``scale`` of them decimals."""
    found = Decimal(number)
    if abs(found) >= Decimal(1).scaleb(DIGITS - scale):
        return None
    found = found.quantize(Decimal(1).scaleb(-digits))
    return found or abs(found)


_KEPT: Mapping[ValueType, Callable[[Any, Field], object]] = MappingProxyType(
    {INTEGER: _whole, DECIMAL: _number, PERCENT: _number, MONEY: _money, TEXT: _text}
)
