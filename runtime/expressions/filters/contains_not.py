"""``does not contain``: a text has no such part, or is empty."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class ContainsNot(FilterOperator):
    """``does not contain``: a text has no such part, or is empty."""

    name = "contains_not"
    title = phrase("does not contain")
    sentence = phrase("{field} does not contain “{value}”")
    text = "not contains({field}, {value})"
    kinds = ("text",)
    needs = "contains"
    place = 6
    examples = (
        Example("not contains(name, 'a')", ("Desks", "Shelves")),
        Example("not contains(note, 'oak')", ("Desks", "Lamps", "Shelves", "Tables")),
    )
