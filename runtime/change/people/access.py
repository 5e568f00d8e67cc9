"""What changes of who may do what: roles, and the profiles and sharing that are kept for them."""

from collections.abc import Iterator, Mapping

from runtime.change.people.phrases import named, news, pairs, relabelled
from runtime.model.catalog import Catalog

FOLDER = "schemas/access/"


def tell_access(before: Catalog, after: Catalog) -> Iterator[str]:
    """Roles by their place in the tree, profiles and sharing by their files."""
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
    yield from _files(_written(before.sources), _written(after.sources))


def _files(old: Mapping[str, tuple[str, ...]], new: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for name in sorted({*old, *new}):
        if name not in old:
            yield f"{name} is new."
        elif name not in new:
            yield f"{name} is gone."
        elif old[name] != new[name]:
            yield f"{name} is another one."


def _written(sources: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The texts of each profile and of the sharing, of every layer."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(sources):
        _, folder, rest = path.partition(FOLDER)
        stem = rest.removesuffix(".yaml").removesuffix(".yml")
        if folder and stem != "roles":
            name = f"The profile {stem.removeprefix('profiles/')}" if "/" in stem else f"The {stem}"
            found[name] = (*found.get(name, ()), sources[path])
    return found
