"""``+``: a sum, or a date moved later."""

import ast
from typing import Any

from runtime.expressions.calculating import plus
from runtime.expressions.operators.base import Arithmetic, sum_of
from runtime.model.types import DATE, DATETIME, DURATION, MONTHS, ValueType


class Plus(Arithmetic):
    """The sum of two numbers, amounts or durations; or a date, or a date and time, moved later.

    Empty plus anything is empty; so is a sum of two currencies, and a date past the years 1 to 9999. Of a
    date and time, a day is 24 hours.

    >>> 0.1 + 0.2
    0.3
    >>> 1 + none
    none
    >>> date('2026-01-31') + days(1) == '2026-02-01'
    true
    >>> today() + months(1) > today()
    true
    >>> today() + days(9_999_999) == none
    true
    """

    name = "+"
    syntax = ast.Add
    signature = "numbers, money or durations → the same; a date and a duration or months → the date"

    def meaning(self, left: Any, right: Any) -> Any:
        """In Python."""
        return plus(left, right)

    def gives(self, left: ValueType, right: ValueType) -> ValueType | None:
        """A number, money, a duration, or the date that is moved."""
        if left in (DATE, DATETIME) and right in (DURATION, MONTHS):
            return left
        if left in (DURATION, MONTHS) and left == right:
            return left
        return sum_of(left, right)
