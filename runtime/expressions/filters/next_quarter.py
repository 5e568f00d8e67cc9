"""``is next quarter``."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, Period


class NextQuarter(Period):
    """``is next quarter``."""

    name = "next_quarter"
    title = phrase("is next quarter")
    sentence = phrase("{field} is next quarter")
    needs = ">="
    period = "quarter"
    shift = " + months(3)"
    examples = (
        Example(
            "start_of(today() + months(3), 'quarter') <= due_date <= end_of(today() + months(3), 'quarter')",
            ("Lamps",),
        ),
    )
