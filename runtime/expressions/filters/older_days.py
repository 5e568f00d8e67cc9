"""``is more than … days ago``."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, RelativeDate


class OlderDays(RelativeDate):
    """``is more than … days ago``."""

    name = "older_days"
    title = phrase("is more than … days ago")
    sentence = phrase("{field} is more than {n} days ago")
    text = "{day} < today() - days({n})"
    needs = "<"
    place = 37
    examples = (
        Example("close_date < today() - days(6)", ("Desks",)),
        Example("met_at < today() - days(6)", ("Desks",)),
    )
