"""``ends_with(text, end)``: whether a text ends with another."""

from sqlalchemy import ColumnElement

from runtime.expressions.functions.base import Function, Parameter
from runtime.expressions.matching import ends_with_in_sql
from runtime.expressions.moment import Moment
from runtime.expressions.sql import Sql
from runtime.expressions.text import fold
from runtime.expressions.value import Value
from runtime.model.types import BOOLEAN, TEXT


class EndsWith(Function):
    """Whether a text ends with another, without regard to case. False when either is empty.

    >>> ends_with('Åbo Akademi', 'MI')
    true
    >>> ends_with('Åbo', 'abo')
    false
    >>> ends_with(none, 'a')
    false
    """

    name = "ends_with"
    parameters = (Parameter("text", (TEXT,)), Parameter("end", (TEXT,)))
    returns = BOOLEAN

    def value(self, moment: Moment, text: str | None, end: str | None) -> bool:
        """In Python."""
        return text is not None and end is not None and fold(text).endswith(fold(end))

    def condition(self, sql: Sql, text: Value, end: Value) -> ColumnElement[bool]:
        """In SQL."""
        return ends_with_in_sql(sql, text, end)
