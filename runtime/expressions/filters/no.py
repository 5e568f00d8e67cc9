"""``is no or empty``: the answer is no, or there is none."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class No(FilterOperator):
    """``is no or empty``: the answer is no, or there is none."""

    name = "no"
    title = phrase("is no or empty")
    sentence = phrase("{field} is no or empty")
    text = "not {field}"
    kinds = ("boolean",)
    needs = "=="
    place = 11
    examples = (Example("not active", ("Desks", "Lamps", "Shelves")),)
