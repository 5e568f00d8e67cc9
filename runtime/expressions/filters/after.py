"""``is after``: a date comes later."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import DATES, Example, FilterOperator


class After(FilterOperator):
    """``is after``: a date comes later."""

    name = "after"
    title = phrase("is after")
    sentence = phrase("{field} is after {value}")
    text = "{day} > {value}"
    kinds = DATES
    needs = ">"
    place = 14
    examples = (
        Example("close_date > '2026-01-31'", ("Lamps", "Tables")),
        Example("met_at > '2026-01-31'", ("Tables",)),
    )
