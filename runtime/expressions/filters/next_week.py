"""``is next week``."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, Period


class NextWeek(Period):
    """``is next week``."""

    name = "next_week"
    title = phrase("is next week")
    sentence = phrase("{field} is next week")
    needs = ">="
    period = "week"
    shift = " + weeks(1)"
    place = 48
    examples = (
        Example(
            "start_of(today() + weeks(1), 'week') <= due_date <= end_of(today() + weeks(1), 'week')",
            ("Desks",),
        ),
    )
