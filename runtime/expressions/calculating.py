"""What the signs of arithmetic mean in Python: numbers, money, dates and durations.

An operand that is empty makes the result empty. Money meets a plain number as an amount of its own currency;
two currencies raise :class:`CurrencyError`, which an evaluation notes, and the result is empty.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from runtime.expressions import arithmetic
from runtime.expressions.arithmetic import CurrencyError
from runtime.expressions.calendar import Months, add_months
from runtime.model.values import Money

_LONGEST = timedelta(days=3_652_059)  # from the first day there is to the last, and a day

_PLAIN = (int, Decimal)


def plus(left: Any, right: Any) -> Any:
    """The sum, or a date moved later."""
    if left is None or right is None:
        return None
    if isinstance(left, _PLAIN) and isinstance(right, _PLAIN):
        return arithmetic.add(left, right)
    if isinstance(left, Money) or isinstance(right, Money):
        return _as_money(arithmetic.add, left, right)
    return moved(left, right, 1)


def minus(left: Any, right: Any) -> Any:
    """The difference, or a date moved earlier."""
    if left is None or right is None:
        return None
    if isinstance(left, _PLAIN) and isinstance(right, _PLAIN):
        return arithmetic.subtract(left, right)
    if isinstance(left, Money) or isinstance(right, Money):
        return _as_money(arithmetic.subtract, left, right)
    if isinstance(left, date) and isinstance(right, date):
        return left - right
    return moved(left, right, -1)


def times(left: Any, right: Any) -> Any:
    """The product; of money or of a duration by a number."""
    if left is None or right is None:
        return None
    if isinstance(left, _PLAIN) and isinstance(right, _PLAIN):
        return arithmetic.multiply(left, right)
    if isinstance(right, Money | timedelta):
        left, right = right, left
    if isinstance(left, Money):
        return Money(Decimal(arithmetic.multiply(left.amount, right)), left.currency)
    return duration(arithmetic.multiply(microseconds(left), right))


def over(left: Any, right: Any) -> Any:
    """The quotient; of money by money, or of two durations, it is a number."""
    if left is None or right is None:
        return None
    if isinstance(left, _PLAIN) and isinstance(right, _PLAIN):
        return arithmetic.divide(left, right)
    if isinstance(left, timedelta):
        if isinstance(right, timedelta):
            return arithmetic.divide(microseconds(left), microseconds(right))
        return duration(arithmetic.divide(microseconds(left), right))
    return _share(arithmetic.divide, left, right)


def whole_over(left: Any, right: Any) -> Any:
    """The quotient without its fraction, floored."""
    if left is None or right is None:
        return None
    return _share(arithmetic.floor_divide, left, right)


def rest(left: Any, right: Any) -> Any:
    """What a floored division leaves over."""
    if left is None or right is None:
        return None
    if isinstance(left, Money) or isinstance(right, Money):
        return _as_money(arithmetic.remainder, left, right)
    return arithmetic.remainder(left, right)


def to_the_power(left: Any, right: Any) -> Any:
    """A number times itself."""
    return None if left is None or right is None else arithmetic.power(left, right)


def negated(value: Any) -> Any:
    """The value with the other sign."""
    if value is None:
        return None
    if isinstance(value, Money):
        return Money(Decimal(arithmetic.negate(value.amount)), value.currency)
    return arithmetic.negate(value) if isinstance(value, _PLAIN) else -value


def moved(value: Any, by: Any, sign: int) -> Any:
    """A date, moment or duration moved; None past the years 1 to 9999, and past the longest duration."""
    try:
        if isinstance(by, Months):
            if isinstance(value, Months):
                return Months(value.n + sign * by.n)
            return add_months(value, sign * by.n)
        if isinstance(value, timedelta):
            return _bounded(value + sign * by)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value + timedelta(days=(sign * by).days)
        return value + sign * by
    except OverflowError:
        return None


def microseconds(value: timedelta) -> int:
    """A duration as a whole number of microseconds."""
    return (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds


def duration(value: arithmetic.Number | None) -> timedelta | None:
    """A duration of so many microseconds, rounded to whole ones; None past the longest."""
    if value is None:
        return None
    whole = int(arithmetic.round_half_up(value))
    if abs(whole) > microseconds(_LONGEST):
        return None
    return timedelta(microseconds=whole)


def _bounded(value: timedelta) -> timedelta | None:
    return value if -_LONGEST <= value <= _LONGEST else None


def _share(divide: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    if isinstance(right, Money):  # a plain number may stand for money that has no currency
        if isinstance(left, Money):
            _one_currency(left, right)
        return divide(amount_of(left), right.amount)
    if isinstance(left, Money):
        amount = divide(left.amount, right)
        return None if amount is None else Money(Decimal(amount), left.currency)
    return divide(left, right)


def _as_money(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Money | None:
    """Both sides as amounts of one currency."""
    if isinstance(left, Money) and isinstance(right, Money):
        _one_currency(left, right)
    currency = left.currency if isinstance(left, Money) else right.currency
    amount = operation(amount_of(left), amount_of(right))
    return None if amount is None else Money(Decimal(amount), currency)


def amount_of(value: Any) -> Any:
    """The number of an amount."""
    return value.amount if isinstance(value, Money) else value


def _one_currency(left: Money, right: Money) -> None:
    if left.currency != right.currency:
        raise CurrencyError(f"{left.currency} and {right.currency} cannot be added up.")
