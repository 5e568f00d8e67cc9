"""``days(n)``: a duration of so many days."""

from datetime import timedelta

from runtime.expressions.functions.base import Function, Parameter
from runtime.expressions.moment import Moment
from runtime.model.types import DURATION, INTEGER


class Days(Function):
    """A duration of so many days, to move a date by. More days than a duration can have make it empty.

    >>> today() - days(7) < today()
    true
    >>> days(-1) < days(1)
    true
    """

    name = "days"
    parameters = (Parameter("n", (INTEGER,), constant=True),)
    returns = DURATION

    def value(self, moment: Moment, n: int | None) -> timedelta | None:
        """In Python."""
        if n is None or abs(n) > timedelta.max.days:
            return None
        return timedelta(days=n)
