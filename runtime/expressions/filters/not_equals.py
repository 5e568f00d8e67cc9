"""``is not``: the field has another value, or none."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class NotEquals(FilterOperator):
    """``is not``: the field has another value, or none."""

    name = "not_equals"
    title = phrase("is not")
    sentence = phrase("{field} is not {value}")
    text = "{field} != {value}"
    kinds = ("text", "word", "number", "time", "duration", "choice", "record")
    needs = "!="
    exact = True
    place = 11
    examples = (
        Example("stage != 'won'", ("Desks", "Lamps", "Shelves", "Tables")),
        Example("account != 21", ("Desks", "Lamps", "Shelves")),
        Example("amount != 99.50", ("Chairs", "Lamps", "Shelves", "Tables")),
    )
