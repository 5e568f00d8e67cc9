"""``is this year``."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, Period


class ThisYear(Period):
    """``is this year``."""

    name = "this_year"
    title = phrase("is this year")
    sentence = phrase("{field} is this year")
    needs = ">="
    period = "year"
    place = 47
    examples = (
        Example(
            "start_of(today(), 'year') <= close_date <= end_of(today(), 'year')", ("Chairs", "Desks", "Lamps")
        ),
    )
