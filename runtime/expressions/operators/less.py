"""``<``: whether one value comes before another."""

import ast
from collections.abc import Iterator

from sqlalchemy import ColumnElement

from runtime.expressions.comparing import order_in_sql
from runtime.expressions.meaning import order
from runtime.expressions.operators.base import Ordering
from runtime.expressions.sql import Sql
from runtime.expressions.tree import Node


class Less(Ordering):
    """Whether one value comes before another.

    With an empty value it is false, and so it is between moneys of two currencies. Text is in the order of
    lists: capitals with small letters, and å, ä, ö after z.

    >>> 2 < 10
    true
    >>> 'zebra' < 'Ängel'
    true
    >>> today() < today()
    false
    >>> 1 < 2 < 3
    true
    """

    name = "<"
    syntax = ast.Lt

    def value(self, operands: Iterator[object]) -> bool:
        """In Python."""
        left, right = operands
        ordered = order(left, right)
        return ordered is not None and ordered < 0

    def condition(self, sql: Sql, operands: tuple[Node, ...]) -> ColumnElement[bool]:
        """In SQL; NULL when a side is empty."""
        left, right = operands
        return order_in_sql(sql, "<", sql.value(left), sql.value(right))
