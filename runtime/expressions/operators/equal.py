"""``==``: whether two values are the same."""

import ast
from collections.abc import Iterator

from sqlalchemy import ColumnElement

from runtime.expressions.comparing import different_in_sql, same_in_sql
from runtime.expressions.meaning import same
from runtime.expressions.operators.base import Equality
from runtime.expressions.sql import Sql
from runtime.expressions.tree import Node


class Equal(Equality):
    """Whether two values are the same. Empty is the same as empty alone, and text is compared exactly.

    Money is compared with a number by its amount; two moneys are the same when amount and currency are.

    >>> 'Åbo' == 'Åbo'
    true
    >>> 'Åbo' == 'åbo'
    false
    >>> 1.50 == 1.5
    true
    >>> none == none
    true
    >>> user.role == none
    false
    """

    name = "=="
    syntax = ast.Eq

    def value(self, operands: Iterator[object]) -> bool:
        """In Python."""
        left, right = operands
        return same(left, right)

    def condition(self, sql: Sql, operands: tuple[Node, ...]) -> ColumnElement[bool]:
        """In SQL: ``column = value`` where the value is known, which an index serves."""
        left, right = operands
        return same_in_sql(sql, sql.value(left), sql.value(right))

    def negation(self, sql: Sql, operands: tuple[Node, ...]) -> ColumnElement[bool]:
        """In SQL: true of an empty column, too."""
        left, right = operands
        return different_in_sql(sql, sql.value(left), sql.value(right))
