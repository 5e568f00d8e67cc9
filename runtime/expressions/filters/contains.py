"""``contains``: a text has a part, small and capital letters alike."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class Contains(FilterOperator):
    """``contains``: a text has a part, small and capital letters alike."""

    name = "contains"
    title = phrase("contains")
    sentence = phrase("{field} contains “{value}”")
    text = "contains({field}, {value})"
    kinds = ("text",)
    needs = "contains"
    place = 5
    examples = (
        Example("contains(name, 'A')", ("Chairs", "Lamps", "Tables")),
        Example("contains(account.name, 'beta')", ("Desks",)),
    )
