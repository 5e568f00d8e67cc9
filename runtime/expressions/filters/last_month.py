"""``is last month``."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, Period


class LastMonth(Period):
    """``is last month``."""

    name = "last_month"
    title = phrase("is last month")
    sentence = phrase("{field} is last month")
    needs = ">="
    period = "month"
    shift = " - months(1)"
    place = 41
    examples = (
        Example(
            "start_of(today() - months(1), 'month') <= due_date <= end_of(today() - months(1), 'month')",
            ("Chairs",),
        ),
    )
