"""``is not me``: the field names somebody else, or nobody."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class NotMe(FilterOperator):
    """``is not me``: the field names somebody else, or nobody."""

    name = "not_me"
    title = phrase("is not me")
    sentence = phrase("{field} is not me")
    text = "{field} != user"
    kinds = ("user",)
    needs = "!="
    place = 2
    examples = (Example("owner != user", ("Desks", "Lamps", "Shelves", "Tables")),)
