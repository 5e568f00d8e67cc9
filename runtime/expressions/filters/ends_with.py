"""``ends with``: a text ends so, small and capital letters alike."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class EndsWith(FilterOperator):
    """``ends with``: a text ends so, small and capital letters alike."""

    name = "ends_with"
    title = phrase("ends with")
    sentence = phrase("{field} ends with “{value}”")
    text = "ends_with({field}, {value})"
    kinds = ("text",)
    needs = "ends_with"
    place = 8
    examples = (Example("ends_with(name, 'SKS')", ("Desks",)),)
