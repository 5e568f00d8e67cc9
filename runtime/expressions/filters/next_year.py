"""``is next year``."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, Period


class NextYear(Period):
    """``is next year``."""

    name = "next_year"
    title = phrase("is next year")
    sentence = phrase("{field} is next year")
    needs = ">="
    period = "year"
    shift = " + years(1)"
    place = 51
    examples = (
        Example(
            "start_of(today() + years(1), 'year') <= close_date <= end_of(today() + years(1), 'year')",
            ("Tables",),
        ),
    )
