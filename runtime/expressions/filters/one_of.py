"""``is one of``: the field has one of these values."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class OneOf(FilterOperator):
    """``is one of``: the field has one of these values."""

    name = "one_of"
    title = phrase("is one of")
    sentence = phrase("{field} is one of {values}")
    text = "{field} in [{values}]"
    kinds = ("word", "choice", "record")
    needs = "in"
    exact = True
    place = 12
    examples = (
        Example("stage in ['won', 'lost']", ("Chairs", "Desks")),
        Example("stage.kind in ['open']", ("Lamps", "Tables")),
        Example("seller in [1, 2]", ("Chairs", "Desks")),
    )
