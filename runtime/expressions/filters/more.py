"""``is more than``: a number is greater."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class More(FilterOperator):
    """``is more than``: a number is greater."""

    name = "more"
    title = phrase("is more than")
    sentence = phrase("{field} is more than {value}")
    text = "{field} > {value}"
    kinds = ("number", "duration")
    needs = ">"
    place = 20
    examples = (
        Example("amount > 700", ("Chairs",)),
        Example("lasts > '1 hour'", ("Desks",)),
        Example("stage.probability > 10", ("Chairs", "Tables")),
    )
