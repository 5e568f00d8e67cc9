"""``is more than … days ahead``."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, RelativeDate


class AheadDays(RelativeDate):
    """``is more than … days ahead``."""

    name = "ahead_days"
    title = phrase("is more than … days ahead")
    sentence = phrase("{field} is more than {n} days ahead")
    text = "{day} > today() + days({n})"
    needs = ">"
    place = 39
    examples = (Example("close_date > today() + days(9)", ("Lamps", "Tables")),)
