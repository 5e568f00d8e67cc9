"""``is next month``."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, Period


class NextMonth(Period):
    """``is next month``."""

    name = "next_month"
    title = phrase("is next month")
    sentence = phrase("{field} is next month")
    needs = ">="
    period = "month"
    shift = " + months(1)"
    place = 49
    examples = (
        Example(
            "start_of(today() + months(1), 'month') <= close_date <= end_of(today() + months(1), 'month')",
            ("Lamps",),
        ),
    )
