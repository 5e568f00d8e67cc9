"""``is before``: a date comes earlier."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import DATES, Example, FilterOperator


class Before(FilterOperator):
    """``is before``: a date comes earlier."""

    name = "before"
    title = phrase("is before")
    sentence = phrase("{field} is before {value}")
    text = "{day} < {value}"
    kinds = DATES
    needs = "<"
    place = 12
    examples = (
        Example("close_date < '2026-01-31'", ("Desks",)),
        Example("met_at < '2026-01-31'", ("Desks",)),
    )
