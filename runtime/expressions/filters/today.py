"""``is today``."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, RelativeDate


class Today(RelativeDate):
    """``is today``."""

    name = "today"
    title = phrase("is today")
    sentence = phrase("{field} is today")
    text = "{day} == today()"
    needs = "=="
    place = 30
    examples = (
        Example("close_date == today()", ("Chairs",)),
        Example("met_at == today()", ("Chairs",)),
    )
