"""``-…``: a number with the other sign."""

import ast
from collections.abc import Iterator

from runtime.expressions import codes
from runtime.expressions.calculating import negated
from runtime.expressions.calculating_in_sql import negated_in_sql
from runtime.expressions.fitting import Report
from runtime.expressions.naming import named
from runtime.expressions.operators.base import Checked, Operator
from runtime.expressions.scope import Scope
from runtime.expressions.sql import Sql
from runtime.expressions.tree import Node
from runtime.expressions.value import Value
from runtime.model.types import DECIMAL, DURATION, INTEGER, MONEY, MONTHS, NONE, PERCENT


class Negative(Operator):
    """A number, an amount or a duration with the other sign.

    >>> -(2 + 3)
    -5
    >>> -none
    none
    """

    name = "-…"
    syntax = ast.USub
    signature = "a number, money or a duration → the same"

    def check(self, operands: tuple[Node, ...], scope: Scope, report: Report) -> Checked | None:
        """A number, an amount or a duration."""
        (operand,) = operands
        if operand.type in (INTEGER, DECIMAL, PERCENT, MONEY, DURATION, MONTHS, NONE):
            return Checked(operand.type, operands)
        message = f"A sign stands before a number; this is {named(operand.type)}."
        report(codes.CALCULATION, operand.start, operand.end, message)
        return None

    def value(self, operands: Iterator[object]) -> object:
        """In Python."""
        return negated(next(operands))

    def column(self, sql: Sql, operands: tuple[Node, ...]) -> Value:
        """In SQL."""
        return negated_in_sql(sql, sql.value(operands[0]))
