"""Choices: which values of a picklist may be chosen just then, for the writer and for the screens alike.

Three things narrow a picklist: what may follow the value that stands (``next``), who may choose a value
(``roles``), and what another field of the record holds (``depends_on``).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from runtime.identity.actor import Actor
from runtime.model.access import Role
from runtime.model.catalog import Catalog, Field, Picklist


@dataclass(frozen=True, slots=True)
class Choice:
    """One picklist field of one record: what stands there (None for a new record) and what it depends on."""

    field: Field
    old: object
    controlling: object
    is_new: bool


def is_limited(field: Field, picklists: Mapping[str, Picklist]) -> bool:
    """Whether not every value of the field's picklist may always be chosen."""
    picklist = picklists.get(field.settings.get("picklist", ""))
    return picklist is not None and (
        "depends_on" in field.settings
        or any(value.next is not None or value.roles is not None for value in picklist.values.values())
    )


def controlling(field: Field) -> str | None:
    """The field that decides what this one offers."""
    written = field.settings.get("depends_on")
    return written["field"] if written is not None else None


def fitting(field: Field, controlling: object) -> tuple[str, ...] | None:
    """The values that fit what the other field holds; None where all do."""
    written = field.settings.get("depends_on")
    return written["map"].get(controlling) if written is not None else None


def offered(catalog: Catalog, actor: Actor, choice: Choice) -> list[str]:
    """The keys of the values that the actor may choose; what stands is one of them, when it still fits."""
    picklist = catalog.picklists[choice.field.settings["picklist"]]
    fits = fitting(choice.field, choice.controlling)
    standing = keys_of(choice.old)
    return [
        key
        for key, value in picklist.values.items()
        if (fits is None or key in fits)
        and (
            key in standing
            or (may_choose(value.roles, actor, catalog.roles) and may_follow(picklist, choice, key))
        )
    ]


def may_be_emptied(catalog: Catalog, choice: Choice) -> bool:
    """Whether the field may be emptied."""
    return may_follow(catalog.picklists[choice.field.settings["picklist"]], choice, None)


def may_choose(roles: tuple[str, ...] | None, actor: Actor, tree: Mapping[str, Role]) -> bool:
    """Whether the actor has one of the roles, or one above it; admins and the program itself always may."""
    if roles is None or actor.admin or actor.system:
        return True
    return any(_is_above(actor.role, role, tree) for role in roles)


def may_follow(picklist: Picklist, choice: Choice, new: object) -> bool:
    """Whether a value (None: none at all) may come after what stands; creating a record is free."""
    if choice.is_new or not isinstance(choice.old, str) or new == choice.old:
        return True
    value = picklist.values.get(choice.old)
    return value is None or value.next is None or new in value.next


def _is_above(role: str | None, other: str, tree: Mapping[str, Role]) -> bool:
    here: str | None = other
    while here is not None and here in tree:
        if here == role:
            return True
        here = tree[here].under
    return False


def keys_of(value: object) -> Collection[str]:
    """The keys of a picklist field's value, be it one or several."""
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()
