"""What aggregates make of values, in Python: counts, sums, averages, the least and the greatest."""

from collections.abc import Sequence
from decimal import Decimal
from functools import reduce
from typing import Any

from runtime.expressions.arithmetic import CurrencyError, add, divide
from runtime.expressions.calculating import amount_of, duration, microseconds
from runtime.expressions.meaning import order
from runtime.model.types import DURATION, MONEY, ValueType
from runtime.model.values import Money


def total(function: str, values: Sequence[Any], type_: ValueType, currency: str) -> object:
    """The value of an aggregate over values that are not empty. ``currency`` is that of a sum of nothing.

    Raises CurrencyError over money of several currencies, and TooLargeError.
    """
    match function:
        case "count":
            return len(values)
        case "exists":
            return bool(values)
        case "first":
            return values[0] if values else None
        case "sum":
            return _sum(values, type_, currency)
        case "avg":
            return _average(values, type_, currency)
    if not values:
        return None
    _one_currency(values)
    sign = 1 if function == "max" else -1
    return reduce(lambda best, value: value if sign * (order(value, best) or 0) > 0 else best, values)


def _sum(values: Sequence[Any], type_: ValueType, currency: str) -> object:
    if type_ == DURATION:
        return duration(sum(map(microseconds, values)))
    if type_ == MONEY:
        return Money(Decimal(_added(values)), _one_currency(values) or currency)
    return _added(values)


def _average(values: Sequence[Any], type_: ValueType, currency: str) -> object:
    if not values:
        return None
    if type_ == DURATION:
        return duration(divide(sum(map(microseconds, values)), len(values)))
    found = divide(_added(values), len(values))
    if type_ == MONEY and found is not None:
        return Money(found, _one_currency(values) or currency)
    return found


def _added(values: Sequence[Any]) -> Any:
    result: Any = 0
    for value in values:
        result = add(result, amount_of(value))
    return result


def _one_currency(values: Sequence[Any]) -> str | None:
    found = {value.currency for value in values if isinstance(value, Money)}
    if len(found) > 1:
        raise CurrencyError(f"{', '.join(sorted(found))} are not added up.")
    return next(iter(found), None)
