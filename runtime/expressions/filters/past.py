"""``is in the past``: before today."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, RelativeDate


class Past(RelativeDate):
    """``is in the past``: before today."""

    name = "past"
    title = phrase("is in the past")
    sentence = phrase("{field} is in the past")
    text = "{day} < today()"
    needs = "<"
    place = 33
    examples = (Example("close_date < today()", ("Desks",)),)
