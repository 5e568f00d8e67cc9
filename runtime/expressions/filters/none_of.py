"""``is none of``: the field has another value, or none."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class NoneOf(FilterOperator):
    """``is none of``: the field has another value, or none."""

    name = "none_of"
    title = phrase("is none of")
    sentence = phrase("{field} is none of {values}")
    text = "{field} not in [{values}]"
    kinds = ("word", "choice", "record")
    needs = "not in"
    exact = True
    place = 13
    examples = (
        Example("stage not in ['won', 'lost']", ("Lamps", "Shelves", "Tables")),
        Example("account not in [21]", ("Desks", "Lamps", "Shelves")),
    )
