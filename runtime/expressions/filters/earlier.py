"""``is earlier than``: a time of day comes before."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class Earlier(FilterOperator):
    """``is earlier than``: a time of day comes before."""

    name = "earlier"
    title = phrase("is earlier than")
    sentence = phrase("{field} is earlier than {value}")
    text = "{field} < {value}"
    kinds = ("time",)
    needs = "<"
    place = 22
    examples = (Example("starts < '09:30'", ("Chairs",)),)
