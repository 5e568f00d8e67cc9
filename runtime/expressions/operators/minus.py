"""``-``: a date moved earlier."""

import ast
from collections.abc import Iterator

from runtime.expressions.operators.base import Shift
from runtime.expressions.shifting import shift, shift_in_sql
from runtime.expressions.sql import Sql
from runtime.expressions.tree import Node
from runtime.expressions.value import Value


class Minus(Shift):
    """A date, or a date and time, moved earlier: ``today() - days(7)``. Past the years 1 to 9999 it is empty.

    Of a date and time, a day is 24 hours.

    >>> today() - days(1) < today()
    true
    >>> now() - days(1) < now()
    true
    """

    name = "-"
    syntax = ast.Sub

    def value(self, operands: Iterator[object]) -> object:
        """In Python."""
        left, right = operands
        return shift(left, right, -1)

    def column(self, sql: Sql, operands: tuple[Node, ...]) -> Value:
        """In SQL."""
        left, right = operands
        return shift_in_sql(sql, sql.value(left), sql.value(right), -1)
