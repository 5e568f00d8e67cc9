"""``not in``: whether a list lacks a value."""

import ast
from collections.abc import Iterator

from sqlalchemy import ColumnElement

from runtime.expressions.comparing import absent_in_sql, member_in_sql
from runtime.expressions.meaning import is_member
from runtime.expressions.operators.base import Membership
from runtime.expressions.sql import Sql
from runtime.expressions.tree import Node


class NotIn(Membership):
    """The exact negation of ``in``.

    >>> 4 not in [1, 2, 3]
    true
    >>> none not in ['a']
    true
    """

    name = "not in"
    syntax = ast.NotIn

    def value(self, operands: Iterator[object]) -> bool:
        """In Python."""
        value, members = operands
        return not is_member(value, members)

    def condition(self, sql: Sql, operands: tuple[Node, ...]) -> ColumnElement[bool]:
        """In SQL."""
        return absent_in_sql(sql, *operands)

    def negation(self, sql: Sql, operands: tuple[Node, ...]) -> ColumnElement[bool]:
        """In SQL."""
        return member_in_sql(sql, *operands)
