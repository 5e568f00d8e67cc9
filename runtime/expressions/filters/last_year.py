"""``is last year``."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, Period


class LastYear(Period):
    """``is last year``."""

    name = "last_year"
    title = phrase("is last year")
    sentence = phrase("{field} is last year")
    needs = ">="
    period = "year"
    shift = " - years(1)"
    place = 43
    examples = (
        Example(
            "start_of(today() - years(1), 'year') <= due_date <= end_of(today() - years(1), 'year')",
            ("Chairs",),
        ),
    )
