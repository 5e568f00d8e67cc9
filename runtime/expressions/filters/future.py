"""``is in the future``: after today."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, RelativeDate


class Future(RelativeDate):
    """``is in the future``: after today."""

    name = "future"
    title = phrase("is in the future")
    sentence = phrase("{field} is in the future")
    text = "{day} > today()"
    needs = ">"
    place = 34
    examples = (Example("close_date > today()", ("Lamps", "Tables")),)
