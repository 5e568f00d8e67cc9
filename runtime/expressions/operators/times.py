"""``*``: a product."""

import ast
from typing import Any

from runtime.expressions.calculating import times
from runtime.expressions.operators.base import Arithmetic, number_of
from runtime.model.types import DURATION, MONEY, NUMBERS, ValueType


class Times(Arithmetic):
    """The product of two numbers; or money, or a duration, times a number.

    A result keeps 12 places: what is behind them is rounded, half away from zero.

    >>> 19.99 * 3
    59.97
    >>> days(2) * 1.5 == hours(72)
    true
    """

    name = "*"
    syntax = ast.Mult
    signature = "numbers → number; money or a duration, and a number → the same"

    def meaning(self, left: Any, right: Any) -> Any:
        """In Python."""
        return times(left, right)

    def gives(self, left: ValueType, right: ValueType) -> ValueType | None:
        """A number; money or a duration where one is, and the other a number."""
        for one, other in ((left, right), (right, left)):
            if one in (MONEY, DURATION) and other in NUMBERS:
                return one
        return number_of(left, right)
