"""``is last week``."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, Period


class LastWeek(Period):
    """``is last week``."""

    name = "last_week"
    title = phrase("is last week")
    sentence = phrase("{field} is last week")
    needs = ">="
    period = "week"
    shift = " - weeks(1)"
    place = 40
    examples = (
        Example(
            "start_of(today() - weeks(1), 'week') <= close_date <= end_of(today() - weeks(1), 'week')",
            ("Desks",),
        ),
    )
