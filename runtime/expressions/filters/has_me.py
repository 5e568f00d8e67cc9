"""``includes me``: the one who asks is among several people."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class HasMe(FilterOperator):
    """``includes me``: the one who asks is among several people."""

    name = "has_me"
    title = phrase("includes me")
    sentence = phrase("{field} includes me")
    text = "user in {field}"
    kinds = ("users",)
    needs = "in"
    place = 1
    examples = (Example("user in members", ("Chairs",)),)
