"""Resolves the list that a step puts a record into, and what a link itself may say."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from runtime.language.draft import Draft
from runtime.language.earlier.following import Use
from runtime.language.nodes import Node, Scalar
from runtime.language.resolve.values import Values, nothing
from runtime.language.shape import Path
from runtime.model.catalog import Collection, Field, Module
from runtime.model.uses import Thing

SIDES = ("links", "linked")
"""The kinds of lists whose records belong to several others."""


def list_of(
    values: Values, node: Node | None, at: Path, step: Node, modules: Mapping[str, str]
) -> Collection | None:
    """The list of one module's record that another one's is put into: the only one, or the one named."""
    owner, other = values.draft.modules.get(modules.get("record", "")), modules.get("to")
    if owner is None or other is None:
        return None
    fitting = [each for each in owner.collections.values() if each.kind in SIDES and each.target == other]
    name = _name(values, owner, node, at) if node is not None else ""
    found = next((each for each in fitting if each.key == name or (not name and len(fitting) == 1)), None)
    if found is None:
        known = ", ".join(each.key for each in fitting) or "none"
        said = f'has no list "{name}" of {other}' if name else f"has not one list of {other}"
        values.note(f"{owner.key} {said}; it has {known}", node or step, at)
        return None
    holder = owner.key if found.kind == "links" else found.target
    values.draft.mention(at, node or step, Thing("field", f"{holder}.{found.via}"), "writes")
    return found


def _name(values: Values, module: Module, node: Node, at: Path) -> str:
    """A list's name of now."""
    name = str(node.plain)
    now = values.draft.earlier.fields.get((module.key, name))
    if now is None or name in module.collections or not isinstance(node, Scalar):
        return name
    values.draft.uses.append(Use(node, 0, len(name), name, now, at))
    return now


def link_of(draft: Draft, collection: Collection) -> Module:
    """A link as what has fields: those of its own."""
    holder = collection.module if collection.kind == "links" else collection.target
    field = draft.modules[holder].fields[collection.via]
    own: Mapping[str, Field] = field.settings.get("link") or {}
    return replace(nothing(f"{holder}.{collection.via}"), fields=MappingProxyType(dict(own)))
