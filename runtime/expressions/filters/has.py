"""``includes``: one of the several values is this one."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class Has(FilterOperator):
    """``includes``: one of the several values is this one."""

    name = "has"
    title = phrase("includes")
    sentence = phrase("{field} includes {value}")
    text = "{value} in {field}"
    kinds = ("choices", "words", "records")
    needs = "in"
    exact = True
    place = 10
    examples = (
        Example("'a' in interests", ("Chairs",)),
        Example("2 in members", ("Desks",)),
    )
