"""``contains(text, part)``: whether a text has another in it."""

from sqlalchemy import ColumnElement

from runtime.expressions.functions.base import Function, Parameter
from runtime.expressions.matching import contains_in_sql
from runtime.expressions.moment import Moment
from runtime.expressions.sql import Sql
from runtime.expressions.text import fold
from runtime.expressions.value import Value
from runtime.model.types import BOOLEAN, TEXT


class Contains(Function):
    """Whether a text has another in it, without regard to case. False when either is empty.

    >>> contains('Åbo Akademi', 'åBO')
    true
    >>> contains('Åbo', 'abo')
    false
    >>> contains(none, 'a')
    false
    """

    name = "contains"
    parameters = (Parameter("text", (TEXT,)), Parameter("part", (TEXT,)))
    returns = BOOLEAN

    def value(self, moment: Moment, text: str | None, part: str | None) -> bool:
        """In Python."""
        return text is not None and part is not None and fold(part) in fold(text)

    def condition(self, sql: Sql, text: Value, part: Value) -> ColumnElement[bool]:
        """In SQL."""
        return contains_in_sql(sql, text, part)
