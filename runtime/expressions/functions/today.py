"""``today()``: the present date."""

from datetime import date

from runtime.expressions.functions.base import Function
from runtime.expressions.moment import Moment
from runtime.model.types import DATE


class Today(Function):
    """The present date in the site's time zone.

    >>> today() == date(now())
    true
    """

    name = "today"
    returns = DATE

    def value(self, moment: Moment) -> date:
        """In Python. Every part of one evaluation, and of one query, has the same date."""
        return moment.today
