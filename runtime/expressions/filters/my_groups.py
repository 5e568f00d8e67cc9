"""``is one of my groups``: the field names a group that the one who asks belongs to."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, FilterOperator


class MyGroups(FilterOperator):
    """``is one of my groups``: the field names a group that the one who asks belongs to."""

    name = "my_groups"
    title = phrase("is one of my groups")
    sentence = phrase("{field} is one of my groups")
    text = "{field} in user.groups"
    kinds = ("group",)
    needs = "in"
    place = 3
    examples = (Example("owner in user.groups", ("Desks",)),)
