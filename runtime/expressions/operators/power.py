"""``**``: a power."""

import ast
from typing import Any

from runtime.expressions import codes
from runtime.expressions.calculating import to_the_power
from runtime.expressions.fitting import Report
from runtime.expressions.operators.base import Arithmetic, Checked
from runtime.expressions.scope import Scope
from runtime.expressions.tree import Literal, Node
from runtime.model.types import DECIMAL, INTEGER, NUMBERS, ValueType


class Power(Arithmetic):
    """A number times itself so many times, 100 at most. The exponent is a whole number; a negative
    one divides.

    >>> 2 ** 10
    1024
    >>> 1.05 ** 2
    1.1025
    >>> 2 ** -1
    0.5
    >>> 0 ** -1
    none
    """

    name = "**"
    syntax = ast.Pow
    signature = "a number and a whole number → number"

    def meaning(self, left: Any, right: Any) -> Any:
        """In Python."""
        return to_the_power(left, right)

    def check(self, operands: tuple[Node, ...], scope: Scope, report: Report) -> Checked | None:
        """A written exponent is small enough."""
        exponent = operands[1]
        if isinstance(exponent, Literal) and isinstance(exponent.value, int) and abs(exponent.value) > 100:
            report(codes.CALCULATION, exponent.start, exponent.end, "An exponent is 100 at most.")
            return None
        return super().check(operands, scope, report)

    def gives(self, left: ValueType, right: ValueType) -> ValueType | None:
        """A decimal: a negative exponent divides."""
        return DECIMAL if left in NUMBERS and right == INTEGER else None
