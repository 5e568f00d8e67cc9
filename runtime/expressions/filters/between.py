"""``is between``: a number lies between two, or is one of them."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class Between(FilterOperator):
    """``is between``: a number lies between two, or is one of them."""

    name = "between"
    title = phrase("is between")
    sentence = phrase("{field} is between {low} and {high}")
    text = "{low} <= {field} <= {high}"
    kinds = ("number", "duration")
    needs = ">="
    place = 24
    examples = (Example("99.50 <= amount <= 700", ("Desks", "Lamps")),)
