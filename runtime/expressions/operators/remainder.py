"""``%``: what a division leaves over."""

import ast
from typing import Any

from runtime.expressions.calculating import rest
from runtime.expressions.operators.base import Arithmetic, sum_of
from runtime.model.types import ValueType


class Remainder(Arithmetic):
    """What a floored division leaves over: it has the sign of the divisor. By zero it is empty.

    >>> 7 % 3
    1
    >>> -7 % 3
    2
    >>> 7.5 % 2
    1.5
    """

    name = "%"
    syntax = ast.Mod
    signature = "numbers or money → the same"

    def meaning(self, left: Any, right: Any) -> Any:
        """In Python."""
        return rest(left, right)

    def gives(self, left: ValueType, right: ValueType) -> ValueType | None:
        """A number, or money."""
        return sum_of(left, right)
