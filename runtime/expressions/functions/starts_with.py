"""``starts_with(text, start)``: whether a text starts with another."""

from sqlalchemy import ColumnElement

from runtime.expressions.functions.base import Function, Parameter
from runtime.expressions.matching import starts_with_in_sql
from runtime.expressions.moment import Moment
from runtime.expressions.sql import Sql
from runtime.expressions.text import fold
from runtime.expressions.value import Value
from runtime.model.types import BOOLEAN, TEXT


class StartsWith(Function):
    """Whether a text starts with another, without regard to case. False when either is empty.

    >>> starts_with('Åbo Akademi', 'åbo')
    true
    >>> starts_with('Åbo', 'abo')
    false
    >>> starts_with(none, 'a')
    false
    """

    name = "starts_with"
    parameters = (Parameter("text", (TEXT,)), Parameter("start", (TEXT,)))
    returns = BOOLEAN

    def value(self, moment: Moment, text: str | None, start: str | None) -> bool:
        """In Python."""
        return text is not None and start is not None and fold(text).startswith(fold(start))

    def condition(self, sql: Sql, text: Value, start: Value) -> ColumnElement[bool]:
        """In SQL."""
        return starts_with_in_sql(sql, text, start)
