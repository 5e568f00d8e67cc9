"""``is no later than``: a date comes earlier, or is this day."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import DATES, Example, FilterOperator


class Until(FilterOperator):
    """``is no later than``: a date comes earlier, or is this day."""

    name = "until"
    title = phrase("is no later than")
    sentence = phrase("{field} is no later than {value}")
    text = "{day} <= {value}"
    kinds = DATES
    needs = "<="
    place = 13
    examples = (
        Example("close_date <= '2026-01-31'", ("Chairs", "Desks")),
        Example("met_at <= '2026-01-31'", ("Chairs", "Desks")),
    )
