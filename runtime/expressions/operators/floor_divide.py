"""``//``: a quotient without its fraction."""

import ast
from typing import Any

from runtime.expressions.calculating import whole_over
from runtime.expressions.operators.base import Arithmetic, number_of
from runtime.model.types import DECIMAL, MONEY, NUMBERS, ValueType


class FloorDivide(Arithmetic):
    """The greatest whole number that is not above the quotient. By zero it is empty.

    >>> 7 // 2
    3
    >>> -7 // 2
    -4
    """

    name = "//"
    syntax = ast.FloorDiv
    signature = "numbers → number; money by a number → money; by money → number"

    def meaning(self, left: Any, right: Any) -> Any:
        """In Python."""
        return whole_over(left, right)

    def gives(self, left: ValueType, right: ValueType) -> ValueType | None:
        """A number; money where it is divided by a number."""
        if left == MONEY:
            return DECIMAL if right == MONEY else MONEY if right in NUMBERS else None
        return number_of(left, right)
