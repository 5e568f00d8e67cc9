"""``!=``: whether two values differ."""

import ast
from collections.abc import Iterator

from sqlalchemy import ColumnElement

from runtime.expressions.comparing import different_in_sql, same_in_sql
from runtime.expressions.meaning import same
from runtime.expressions.operators.base import Equality
from runtime.expressions.sql import Sql
from runtime.expressions.tree import Node


class NotEqual(Equality):
    """The exact negation of ``==``: an empty value differs from every value that is not.

    >>> 'a' != 'b'
    true
    >>> none != 'a'
    true
    >>> none != none
    false
    """

    name = "!="
    syntax = ast.NotEq

    def value(self, operands: Iterator[object]) -> bool:
        """In Python."""
        left, right = operands
        return not same(left, right)

    def condition(self, sql: Sql, operands: tuple[Node, ...]) -> ColumnElement[bool]:
        """In SQL: true of an empty column, too."""
        left, right = operands
        return different_in_sql(sql, sql.value(left), sql.value(right))

    def negation(self, sql: Sql, operands: tuple[Node, ...]) -> ColumnElement[bool]:
        """In SQL: ``column = value`` where the value is known."""
        left, right = operands
        return same_in_sql(sql, sql.value(left), sql.value(right))
