"""``in``: whether a list has a value."""

import ast
from collections.abc import Iterator

from sqlalchemy import ColumnElement

from runtime.expressions.comparing import absent_in_sql, member_in_sql
from runtime.expressions.meaning import is_member
from runtime.expressions.operators.base import Membership
from runtime.expressions.sql import Sql
from runtime.expressions.tree import Node


class In(Membership):
    """Whether a list has a value.

    The list is a written one, several chosen values, linked records, or the groups of the user. Only a
    written list can have an empty value.

    >>> 2 in [1, 2, 3]
    true
    >>> none in ['a', none]
    true
    >>> none in user.groups
    false
    >>> 'a' in []
    false
    """

    name = "in"
    syntax = ast.In

    def value(self, operands: Iterator[object]) -> bool:
        """In Python."""
        value, members = operands
        return is_member(value, members)

    def condition(self, sql: Sql, operands: tuple[Node, ...]) -> ColumnElement[bool]:
        """In SQL."""
        return member_in_sql(sql, *operands)

    def negation(self, sql: Sql, operands: tuple[Node, ...]) -> ColumnElement[bool]:
        """In SQL."""
        return absent_in_sql(sql, *operands)
