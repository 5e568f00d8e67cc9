"""``is tomorrow``."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, RelativeDate


class Tomorrow(RelativeDate):
    """``is tomorrow``."""

    name = "tomorrow"
    title = phrase("is tomorrow")
    sentence = phrase("{field} is tomorrow")
    text = "{day} == today() + days(1)"
    needs = "=="
    place = 32
    examples = (Example("met_at == today() + days(1)", ("Tables",)),)
