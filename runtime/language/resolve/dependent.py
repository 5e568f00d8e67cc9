"""Looks at dependent picklists: that what a field depends on is there, and that its map names values."""

from collections.abc import Iterator

from runtime.language.draft import Draft
from runtime.language.nodes import ListNode, MapNode, Node
from runtime.language.shape import Path as Place
from runtime.model.catalog import Field, Module
from runtime.model.uses import Thing

CONTROLLING = ("picklist",)
"""The types that another field may depend on."""


def check_dependences(draft: Draft) -> None:
    """Note what is wrong with the ``depends_on`` of every field."""
    for module in draft.modules.values():
        for field in module.fields.values():
            place = ("modules", module.key, "fields", field.key)
            _check(draft, module, field, (*place, "depends_on"))
            for key, attribute in (field.settings.get("link") or {}).items():
                if "depends_on" in attribute.settings:
                    where = (*place, "link", key, "depends_on")
                    _note(draft, where, "an attribute of a link depends on no field", "take it out")


def _check(draft: Draft, module: Module, field: Field, place: Place) -> None:
    written = field.settings.get("depends_on")
    if written is None:
        return
    name = written["field"]
    above = module.fields.get(name)
    if above is None:
        if not draft.is_broken("modules", module.key, "fields", name):
            draft.note(
                "field", name, draft.span((*place, "field")), place, list(module.fields), f"{module.key} has"
            )
    elif above.type not in CONTROLLING:
        says = f'"{name}" is of the type {above.type}; a field depends on a picklist'
        _note(draft, (*place, "field"), says, "name a field of the type picklist")
    elif field.key in _above(module, field):
        _note(
            draft, (*place, "field"), f'"{field.key}" depends, in the end, on itself', "take one of them out"
        )
    else:
        written = draft.node((*place, "field"))
        draft.mention((*place, "field"), written, Thing("field", f"{module.key}.{name}"), "reads")
        _check_map(draft, field, above, (*place, "map"))


def _above(module: Module, field: Field) -> Iterator[str]:
    """The fields that a field depends on, one after the other, each once."""
    seen: set[str] = set()
    here: Field | None = field
    while here is not None and (written := here.settings.get("depends_on")) is not None:
        key = written["field"]
        yield key
        if key in seen:
            return
        seen.add(key)
        here = module.fields.get(key)


def _check_map(draft: Draft, field: Field, above: Field, place: Place) -> None:
    node = draft.node(place)
    if not isinstance(node, MapNode):
        return
    for key, items in node.items.items():
        _check_value(draft, above, key, node.keys[key], (*place, key))
        for position, item in enumerate(items.items if isinstance(items, ListNode) else ()):
            _check_value(draft, field, str(item.plain), item, (*place, key, str(position)))


def _check_value(draft: Draft, field: Field, key: str, at: Node, place: Place) -> None:
    picklist = field.settings["picklist"]
    known = draft.picklists[picklist].values
    if key in known:
        draft.mention(place, at, Thing("value", f"{picklist}.{key}"), "binds")
    elif not draft.is_broken("picklists", picklist, "values", key):
        draft.note("next", key, at, place, list(known), picklist)


def _note(draft: Draft, place: Place, says: str, help: str) -> None:
    draft.note("depends_on", says, draft.span(place), place, (), help)
