"""``is yesterday``."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, RelativeDate


class Yesterday(RelativeDate):
    """``is yesterday``."""

    name = "yesterday"
    title = phrase("is yesterday")
    sentence = phrase("{field} is yesterday")
    text = "{day} == today() - days(1)"
    needs = "=="
    place = 31
    examples = (Example("due_date == today() - days(1)", ("Tables",)),)
