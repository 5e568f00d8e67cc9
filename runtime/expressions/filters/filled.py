"""``is filled``: the field has a value."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import EVERY, Example, FilterOperator


class Filled(FilterOperator):
    """``is filled``: the field has a value."""

    name = "filled"
    title = phrase("is filled")
    sentence = phrase("{field} is filled")
    text = "not is_empty({field})"
    kinds = EVERY
    needs = "is_empty"
    place = 91
    examples = (
        Example("not is_empty(amount)", ("Chairs", "Desks", "Lamps")),
        Example("not is_empty(met_at)", ("Chairs", "Desks", "Tables")),
        Example("not is_empty(members)", ("Chairs", "Desks")),
    )
