"""``is this month``."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, Period


class ThisMonth(Period):
    """``is this month``."""

    name = "this_month"
    title = phrase("is this month")
    sentence = phrase("{field} is this month")
    needs = ">="
    period = "month"
    place = 45
    examples = (
        Example("start_of(today(), 'month') <= close_date <= end_of(today(), 'month')", ("Chairs", "Desks")),
    )
