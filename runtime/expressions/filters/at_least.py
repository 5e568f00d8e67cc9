"""``is at least``: a number is greater, or the same."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class AtLeast(FilterOperator):
    """``is at least``: a number is greater, or the same."""

    name = "at_least"
    title = phrase("is at least")
    sentence = phrase("{field} is at least {value}")
    text = "{field} >= {value}"
    kinds = ("number", "duration")
    needs = ">="
    place = 21
    examples = (
        Example("amount >= 700", ("Chairs", "Lamps")),
        Example("count >= -1", ("Chairs",)),
    )
