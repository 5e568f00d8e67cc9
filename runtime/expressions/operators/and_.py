"""``and``: whether every condition holds."""

import ast
from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, or_

from runtime.expressions.operators.base import Logic
from runtime.expressions.sql import Sql
from runtime.expressions.tree import Node


class And(Logic):
    """Whether every condition holds; empty counts as false.

    >>> true and 1 < 2
    true
    >>> true and none
    false
    """

    name = "and"
    syntax = ast.And

    def value(self, operands: Iterator[object]) -> bool:
        """In Python."""
        return all(operand is True for operand in operands)

    def condition(self, sql: Sql, operands: tuple[Node, ...]) -> ColumnElement[bool]:
        """In SQL."""
        return and_(*map(sql.condition, operands))

    def negation(self, sql: Sql, operands: tuple[Node, ...]) -> ColumnElement[bool]:
        """In SQL, pushed down to the parts, so that what is below can still use an index."""
        return or_(*map(sql.negation, operands))
