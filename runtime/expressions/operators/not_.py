"""``not``: whether a condition does not hold."""

import ast
from collections.abc import Iterator

from sqlalchemy import ColumnElement

from runtime.expressions.operators.base import Logic
from runtime.expressions.sql import Sql
from runtime.expressions.tree import Node


class Not(Logic):
    """Whether a condition does not hold; empty counts as false.

    >>> not 1 < 2
    false
    >>> not none
    true
    """

    name = "not"
    syntax = ast.Not

    def value(self, operands: Iterator[object]) -> bool:
        """In Python."""
        return next(operands) is not True

    def condition(self, sql: Sql, operands: tuple[Node, ...]) -> ColumnElement[bool]:
        """In SQL."""
        return sql.negation(operands[0])

    def negation(self, sql: Sql, operands: tuple[Node, ...]) -> ColumnElement[bool]:
        """In SQL, pushed down to the parts, so that what is below can still use an index."""
        return sql.condition(operands[0])
