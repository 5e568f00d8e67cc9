"""``is from … to``: a date lies between two days, or is one of them."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import DATES, Example, FilterOperator


class BetweenDays(FilterOperator):
    """``is from … to``: a date lies between two days, or is one of them."""

    name = "between_days"
    title = phrase("is from … to")
    sentence = phrase("{field} is from {low} to {high}")
    text = "{low} <= {day} <= {high}"
    kinds = DATES
    needs = ">="
    place = 16
    examples = (
        Example("'2026-01-01' <= close_date <= '2026-01-31'", ("Chairs", "Desks")),
        Example("'2026-01-31' <= met_at <= '2026-01-31'", ("Chairs",)),
    )
