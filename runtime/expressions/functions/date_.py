"""``date(datetime)``: the date of a moment."""

from datetime import date, datetime

from runtime.expressions.functions.base import Function, Parameter
from runtime.expressions.moment import Moment
from runtime.expressions.sql import Sql
from runtime.expressions.times import local_date, local_date_in_sql
from runtime.expressions.value import Value
from runtime.model.types import DATE, DATETIME


class Date(Function):
    """The date of a moment, in the site's time zone.

    >>> date(now()) == today()
    true
    >>> date('2026-01-31T12:00') == '2026-01-31'
    true
    """

    name = "date"
    parameters = (Parameter("moment", (DATETIME,)),)
    returns = DATE

    def value(self, moment: Moment, value: datetime | date | None) -> date | None:
        """In Python."""
        return local_date(value, moment.timezone) if isinstance(value, datetime) else value

    def column(self, sql: Sql, value: Value) -> Value:
        """In SQL; it remembers the moment's column, so that a comparison can still use its index."""
        column = local_date_in_sql(value.column, sql.moment.timezone, sql.binding)
        return Value(DATE, (column,), moment=value.column)
