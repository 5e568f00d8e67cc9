"""``is no earlier than``: a date comes later, or is this day."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import DATES, Example, FilterOperator


class Since(FilterOperator):
    """``is no earlier than``: a date comes later, or is this day."""

    name = "since"
    title = phrase("is no earlier than")
    sentence = phrase("{field} is no earlier than {value}")
    text = "{day} >= {value}"
    kinds = DATES
    needs = ">="
    place = 15
    examples = (Example("close_date >= '2026-01-31'", ("Chairs", "Lamps", "Tables")),)
