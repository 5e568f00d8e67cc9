"""``is_empty(value)``: whether there is nothing."""

from sqlalchemy import ColumnElement, and_, not_

from runtime.expressions.functions.base import Function, Parameter
from runtime.expressions.moment import Moment
from runtime.expressions.sql import Sql
from runtime.expressions.value import Value
from runtime.model.types import BOOLEAN


class IsEmpty(Function):
    """Whether a value is empty: nothing was written, nothing chosen, nothing linked.

    >>> is_empty(none)
    true
    >>> is_empty('')
    true
    >>> is_empty(0)
    false
    >>> is_empty([])
    true
    """

    name = "is_empty"
    parameters = (Parameter("value"),)
    returns = BOOLEAN

    def value(self, moment: Moment, value: object) -> bool:
        """In Python."""
        return value is None or value == ()

    def condition(self, sql: Sql, value: Value) -> ColumnElement[bool]:
        """In SQL."""
        if value.links:
            return and_(*(not_(link(None)) for link in value.links))
        return value.column.is_(None)
