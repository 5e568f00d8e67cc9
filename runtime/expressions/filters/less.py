"""``is less than``: a number is smaller."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class Less(FilterOperator):
    """``is less than``: a number is smaller."""

    name = "less"
    title = phrase("is less than")
    sentence = phrase("{field} is less than {value}")
    text = "{field} < {value}"
    kinds = ("number", "duration")
    needs = "<"
    place = 22
    examples = (Example("amount < 99.51", ("Desks",)),)
