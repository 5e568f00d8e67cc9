"""The oracle of owners: reads a pack's sharing for itself, and says whom somebody may make an owner."""

from dataclasses import dataclass

from tests.access.oracle import Oracle, Person


@dataclass(frozen=True)
class Group:
    """A group as the oracle knows it."""

    id: int
    members: frozenset[int]
    sales: bool = False


def owners(oracle: Oracle, who: Person, module: str, groups: tuple[Group, ...]) -> set[int]:
    """The users and groups whom somebody may make the owner of a record of a module."""
    said = oracle.sharing.get("owners", {})
    level = said.get(module, said.get("*", "anyone"))
    users = set(oracle.roles_of)
    if level == "anyone" or who.admin or who.role not in oracle.roles:
        return users | {each.id for each in groups}
    if level == "users":
        return users
    mine = [each for each in groups if who.id in each.members]
    if level == "by_rights":
        below = {each for each, role in oracle.roles_of.items() if role != who.role}
        under = {each for each in below if who.role in oracle.above(oracle.roles_of[each])}
        return under | {who.id or 0} | {each.id for each in mine}
    fitting = [each for each in mine if each.sales or level == "same_group"]
    return {who.id or 0} | {each.id for each in fitting} | {one for each in fitting for one in each.members}
