"""``-``: a difference, or a date moved earlier."""

import ast
from typing import Any

from runtime.expressions.calculating import minus
from runtime.expressions.operators.base import Arithmetic, sum_of
from runtime.model.types import DATE, DATETIME, DURATION, MONTHS, ValueType


class Minus(Arithmetic):
    """The difference of two numbers, amounts, durations or dates; or a date moved earlier.

    Two dates have a duration between them, which days_between() gives as a number.

    >>> 10 - 2.5
    7.5
    >>> date('2026-03-01') - date('2026-02-01') == days(28)
    true
    >>> today() - days(1) < today()
    true
    >>> date('2026-03-31') - months(1)
    date('2026-02-28')
    """

    name = "-"
    syntax = ast.Sub
    signature = (
        "numbers, money, durations or dates → the difference; a date and a duration or months → the date"
    )

    def meaning(self, left: Any, right: Any) -> Any:
        """In Python."""
        return minus(left, right)

    def gives(self, left: ValueType, right: ValueType) -> ValueType | None:
        """A number, money, a duration, or the date that is moved."""
        if left in (DATE, DATETIME) and right in (DURATION, MONTHS):
            return left
        if left in (DATE, DATETIME, DURATION, MONTHS) and left == right:
            return MONTHS if left == MONTHS else DURATION
        return sum_of(left, right)
