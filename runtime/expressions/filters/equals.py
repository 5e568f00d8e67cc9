"""``is``: the field has just this value."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class Equals(FilterOperator):
    """``is``: the field has just this value."""

    name = "equals"
    title = phrase("is")
    sentence = phrase("{field} is {value}")
    text = "{field} == {value}"
    kinds = ("text", "word", "number", "time", "duration", "choice", "record")
    needs = "=="
    exact = True
    place = 10
    examples = (
        Example("stage == 'won'", ("Chairs",)),
        Example("stage.kind == 'lost'", ("Desks",)),
        Example("amount == 1500", ("Chairs",)),
        Example("account == 21", ("Chairs", "Tables")),
        Example("account.industry == 'steel'", ("Desks",)),
    )
