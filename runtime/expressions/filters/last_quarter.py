"""``is last quarter``."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, Period


class LastQuarter(Period):
    """``is last quarter``."""

    name = "last_quarter"
    title = phrase("is last quarter")
    sentence = phrase("{field} is last quarter")
    needs = ">="
    period = "quarter"
    shift = " - months(3)"
    place = 42
    examples = (
        Example(
            "start_of(today() - months(3), 'quarter') <= due_date <= end_of(today() - months(3), 'quarter')",
            ("Chairs",),
        ),
    )
