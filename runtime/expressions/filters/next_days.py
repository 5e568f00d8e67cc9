"""``is in the next … days``, today among them."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, RelativeDate


class NextDays(RelativeDate):
    """``is in the next … days``, today among them."""

    name = "next_days"
    title = phrase("is in the next … days")
    sentence = phrase("{field} is in the next {n} days")
    text = "today() <= {day} <= today() + days({n})"
    needs = ">="
    place = 36
    examples = (Example("today() <= close_date <= today() + days(10)", ("Chairs", "Lamps")),)
