"""``is me``: the field names the one who asks."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class Me(FilterOperator):
    """``is me``: the field names the one who asks."""

    name = "me"
    title = phrase("is me")
    sentence = phrase("{field} is me")
    text = "{field} == user"
    kinds = ("user",)
    needs = "=="
    place = 1
    examples = (
        Example("owner == user", ("Chairs",)),
        Example("account.owner == user", ("Desks",)),
    )
