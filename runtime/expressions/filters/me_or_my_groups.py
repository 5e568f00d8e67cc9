"""``is me or one of my groups``: the field names the one who asks, or a group of theirs."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class MeOrMyGroups(FilterOperator):
    """``is me or one of my groups``: the field names the one who asks, or a group of theirs."""

    name = "me_or_my_groups"
    title = phrase("is me or one of my groups")
    sentence = phrase("{field} is me or one of my groups")
    text = "{field} == user or {field} in user.groups"
    kinds = ("owner",)
    needs = "in"
    place = 4
    examples = (Example("owner == user or owner in user.groups", ("Chairs", "Desks")),)
