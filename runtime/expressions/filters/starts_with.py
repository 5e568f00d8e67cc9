"""``begins with``: a text begins so, small and capital letters alike."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class StartsWith(FilterOperator):
    """``begins with``: a text begins so, small and capital letters alike."""

    name = "starts_with"
    title = phrase("begins with")
    sentence = phrase("{field} begins with “{value}”")
    text = "starts_with({field}, {value})"
    kinds = ("text",)
    needs = "starts_with"
    place = 7
    examples = (Example("starts_with(name, 'ch')", ("Chairs",)),)
