"""``is at most``: a number is smaller, or the same."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class AtMost(FilterOperator):
    """``is at most``: a number is smaller, or the same."""

    name = "at_most"
    title = phrase("is at most")
    sentence = phrase("{field} is at most {value}")
    text = "{field} <= {value}"
    kinds = ("number", "duration")
    needs = "<="
    place = 23
    examples = (Example("amount <= 700", ("Desks", "Lamps")),)
