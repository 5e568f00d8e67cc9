"""``is on``: a date is this day."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import DATES, Example, FilterOperator


class On(FilterOperator):
    """``is on``: a date is this day."""

    name = "on"
    title = phrase("is on")
    sentence = phrase("{field} is on {value}")
    text = "{day} == {value}"
    kinds = DATES
    needs = "=="
    place = 10
    examples = (
        Example("close_date == '2026-01-24'", ("Desks",)),
        Example("met_at == '2026-01-31'", ("Chairs",)),
    )
