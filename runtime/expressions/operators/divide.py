"""``/``: a quotient."""

import ast
from typing import Any

from runtime.expressions.calculating import over
from runtime.expressions.operators.base import Arithmetic
from runtime.model.types import DECIMAL, DURATION, MONEY, NUMBERS, ValueType


class Divide(Arithmetic):
    """The quotient of two numbers, never cut to a whole one; or money, or a duration, by a number
    or its like.

    A division that does not end is taken to 12 places, rounded half away from zero. By zero it is empty.

    >>> 7 / 2
    3.5
    >>> 2 / 3
    0.666666666667
    >>> 1 / 0
    none
    >>> days(3) / hours(12)
    6
    """

    name = "/"
    syntax = ast.Div
    signature = "numbers → number; money or a duration by a number → the same; by its like → number"

    def meaning(self, left: Any, right: Any) -> Any:
        """In Python."""
        return over(left, right)

    def gives(self, left: ValueType, right: ValueType) -> ValueType | None:
        """A decimal; money or a duration where it is divided by a number."""
        if left in (MONEY, DURATION):
            return DECIMAL if right == left else left if right in NUMBERS else None
        return DECIMAL if left in NUMBERS and right in NUMBERS else None
