"""``now()``: the present moment."""

from datetime import datetime

from runtime.expressions.functions.base import Function
from runtime.expressions.moment import Moment
from runtime.model.types import DATETIME


class Now(Function):
    """The present date and time.

    >>> now() == now()
    true
    """

    name = "now"
    returns = DATETIME

    def value(self, moment: Moment) -> datetime:
        """In Python. Every part of one evaluation, and of one query, has the same moment."""
        return moment.now
