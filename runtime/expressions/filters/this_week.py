"""``is this week``."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, Period


class ThisWeek(Period):
    """``is this week``."""

    name = "this_week"
    title = phrase("is this week")
    sentence = phrase("{field} is this week")
    needs = ">="
    period = "week"
    place = 44
    examples = (
        Example("start_of(today(), 'week') <= close_date <= end_of(today(), 'week')", ("Chairs",)),
        Example("start_of(today(), 'week') <= met_at <= end_of(today(), 'week')", ("Chairs", "Tables")),
    )
