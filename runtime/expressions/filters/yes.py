"""``is yes``: the answer is yes."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class Yes(FilterOperator):
    """``is yes``: the answer is yes."""

    name = "yes"
    title = phrase("is yes")
    sentence = phrase("{field} is yes")
    text = "{field}"
    kinds = ("boolean",)
    needs = "=="
    place = 10
    examples = (
        Example("active", ("Chairs", "Tables")),
        Example("stage.hot", ("Chairs", "Tables")),
    )
