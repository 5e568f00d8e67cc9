"""``or``: whether any condition holds."""

import ast
from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, or_

from runtime.expressions.operators.base import Logic
from runtime.expressions.sql import Sql
from runtime.expressions.tree import Node


class Or(Logic):
    """Whether any condition holds; empty counts as false.

    >>> false or 1 < 2
    true
    >>> false or none
    false
    """

    name = "or"
    syntax = ast.Or

    def value(self, operands: Iterator[object]) -> bool:
        """In Python."""
        return any(operand is True for operand in operands)

    def condition(self, sql: Sql, operands: tuple[Node, ...]) -> ColumnElement[bool]:
        """In SQL."""
        return or_(*map(sql.condition, operands))

    def negation(self, sql: Sql, operands: tuple[Node, ...]) -> ColumnElement[bool]:
        """In SQL, pushed down to the parts, so that what is below can still use an index."""
        return and_(*map(sql.negation, operands))
