"""``is not on``: a date is another day, or empty."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import DATES, Example, FilterOperator


class NotOn(FilterOperator):
    """``is not on``: a date is another day, or empty."""

    name = "not_on"
    title = phrase("is not on")
    sentence = phrase("{field} is not on {value}")
    text = "{day} != {value}"
    kinds = DATES
    needs = "!="
    place = 11
    examples = (Example("close_date != '2026-01-24'", ("Chairs", "Lamps", "Shelves", "Tables")),)
