"""``is empty``: the field has no value."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import EVERY, Example, FilterOperator


class Empty(FilterOperator):
    """``is empty``: the field has no value."""

    name = "empty"
    title = phrase("is empty")
    sentence = phrase("{field} is empty")
    text = "is_empty({field})"
    kinds = EVERY
    needs = "is_empty"
    place = 90
    examples = (
        Example("is_empty(stage)", ("Shelves",)),
        Example("is_empty(interests)", ("Desks", "Lamps", "Shelves", "Tables")),
        Example("is_empty(account.industry)", ("Lamps", "Shelves")),
        Example("is_empty(active)", ("Lamps", "Shelves")),
    )
