"""Whom one may give a record to, as the configuration says it for each module."""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

from runtime.model.catalog import Expression

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
    users = f"this == user or exists(groups, this in user.groups{of_sales})"
    return MappingProxyType(
        {"users": parse("users", users), "groups": parse("groups", f"this in user.groups{of_sales}")}
    )
