"""``is this quarter``."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, Period


class ThisQuarter(Period):
    """``is this quarter``."""

    name = "this_quarter"
    title = phrase("is this quarter")
    sentence = phrase("{field} is this quarter")
    needs = ">="
    period = "quarter"
    place = 46
    examples = (
        Example(
            "start_of(today(), 'quarter') <= close_date <= end_of(today(), 'quarter')",
            ("Chairs", "Desks", "Lamps"),
        ),
    )
