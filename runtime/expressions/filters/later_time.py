"""``is later than``: a time of day comes after."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class LaterTime(FilterOperator):
    """``is later than``: a time of day comes after."""

    name = "later_time"
    title = phrase("is later than")
    sentence = phrase("{field} is later than {value}")
    text = "{field} > {value}"
    kinds = ("time",)
    needs = ">"
    place = 20
    examples = (Example("starts > '09:00'", ("Desks",)),)
