"""``is in the last … days``, today among them."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, RelativeDate


class LastDays(RelativeDate):
    """``is in the last … days``, today among them."""

    name = "last_days"
    title = phrase("is in the last … days")
    sentence = phrase("{field} is in the last {n} days")
    text = "today() - days({n}) <= {day} <= today()"
    needs = ">="
    place = 35
    examples = (
        Example("today() - days(7) <= close_date <= today()", ("Chairs", "Desks")),
        Example("today() - days(7) <= met_at <= today()", ("Chairs", "Desks")),
    )
