"""``does not include``: none of the several values is this one."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class HasNot(FilterOperator):
    """``does not include``: none of the several values is this one."""

    name = "has_not"
    title = phrase("does not include")
    sentence = phrase("{field} does not include {value}")
    text = "{value} not in {field}"
    kinds = ("choices", "words", "records")
    needs = "not in"
    exact = True
    place = 11
    examples = (
        Example("'a' not in interests", ("Desks", "Lamps", "Shelves", "Tables")),
        Example("2 not in members", ("Chairs", "Lamps", "Shelves", "Tables")),
    )
