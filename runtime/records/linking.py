"""Linking: the change that puts a record into another one's related list, or takes it out of it again."""

from collections.abc import Mapping

from runtime.model.catalog import Collection, Field, Module
from runtime.records.change import Change
from runtime.records.reading import Linking

MANY = ("links", "linked")
"""The kinds of collections whose records belong to several: they can be taken out again."""


def attributes_of(modules: Mapping[str, Module], collection: Collection) -> Mapping[str, Field]:
    """What a link itself says, where it says something."""
    if collection.kind not in MANY:
        return {}
    holder = collection.module if collection.kind == "links" else collection.target
    found: Mapping[str, Field] = modules[holder].fields[collection.via].settings.get("link") or {}
    return found


def link_change(
    collection: Collection, owner: int, other: int, attributes: Mapping[str, object] | None
) -> Change:
    """The change that puts ``other`` into the collection of ``owner`` (``attributes`` are the link's own), or
    takes it out (None).
    """
    via, target = collection.via, collection.target
    if collection.kind == "inverse":
        return Change(target, {via: owner if attributes is not None else None}, other)
    module, source, named = target, other, owner
    if collection.kind == "links":
        module, source, named = collection.module, owner, other
    if attributes is None:
        return Change(module, {via: Linking(remove=(named,))}, source)
    return Change(module, {via: Linking(add=({"id": named, **attributes},))}, source)
