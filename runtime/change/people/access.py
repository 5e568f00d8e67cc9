"""What changes of who may do what: the roles, and what each of them gains and loses."""

from collections.abc import Iterator

from runtime.change.people.phrases import named, news, pairs, relabelled
from runtime.change.people.rights import tell_rights
from runtime.model.catalog import Catalog


def tell_access(before: Catalog, after: Catalog) -> Iterator[str]:
    """Roles by their place in the tree, then rights."""
    for key, role in news(before.roles, after.roles):
        yield f"{named(role.label, key)} is a new role" + (f" under {role.under}." if role.under else ".")
    for key, role in news(after.roles, before.roles):
        yield f"{named(role.label, key)} is a role no more."
    for key, was, role in pairs(before.roles, after.roles):
        what = f"The role {named(role.label, key)}"
        if said := relabelled(was.label, role.label):
            yield f"{what} {said}."
        if was.under != role.under:
            yield f"{what} is under {role.under or 'nobody'}, and was under {was.under or 'nobody'}."
    yield from tell_rights(before, after)
