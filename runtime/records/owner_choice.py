"""Whom one may give a record to, as the configuration says it for each module."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from types import MappingProxyType

from runtime.expressions.inlining import rebuilt
from runtime.expressions.tree import Aggregate, Node
from runtime.model.catalog import Expression
from runtime.model.types import BOOLEAN

Choice = Mapping[str, Expression | None]
"""By module, ``users`` and ``groups``, what must hold of an owner (None: nothing); one that is missing has
none.
"""

ANYONE: Choice = MappingProxyType({"users": None, "groups": None})
USERS: Choice = MappingProxyType({"users": None})


def choice(level: str, below: Collection[str], parse: Callable[[str, str], Expression]) -> Choice:
    """What a level of :data:`runtime.model.access.OWNERS` means to one above the roles ``below``; ``parse``
    takes a module and a condition.
    """
    if level == "anyone":
        return ANYONE
    if level == "users":
        return USERS
    if level == "by_rights":
        roles = ", ".join(f"'{role}'" for role in below)
        users = "this == user" + (f" or role in [{roles}]" if roles else "")
        return MappingProxyType(
            {"users": parse("users", users), "groups": parse("groups", "this in user.groups")}
        )
    of_sales = " and type == 'sales'" if level == "same_sales_group" else ""
    groups = parse("groups", f"this in user.groups{of_sales}")
    members = parse("users", "this == user or exists(groups, id == 0)")
    tree = rebuilt(members.tree, lambda node, _: _about(node, groups))
    text = f"this == user or exists(groups, {groups.text})"
    return MappingProxyType({"users": Expression(text, members.span, BOOLEAN, tree, tree), "groups": groups})


def _about(node: Node, condition: Expression) -> Node | None:
    """An aggregate over what fulfils a condition in which ``this`` is each of them; nobody can write that."""
    if isinstance(node, Aggregate):
        return replace(node, condition=condition.tree, key=f"{node.key} where {condition.text}")
    return None
