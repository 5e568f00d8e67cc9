"""Resolves the menu; without one it lists every module that is neither rows nor the system's."""

from runtime.base.diagnostic import Span
from runtime.language.draft import Draft
from runtime.language.nodes import MapNode, Node, Scalar
from runtime.language.resolve.labels import Labels
from runtime.language.shape import Path as Place
from runtime.model.catalog import MenuGroup, MenuItem, Module, Origin
from runtime.model.label import Label
from runtime.model.uses import Thing


def resolve_menu(draft: Draft, labels: Labels) -> None:
    """Fill the draft's menu."""
    tree = draft.single("menu")
    if tree is None:
        draft.menu = _default(draft, labels)
        return
    groups: list[MenuGroup] = []
    for key, node in tree.maps():
        items = node.list("items")
        place = ("menu", key, "items")
        held = node.list("profiles")
        made = [
            _item(draft, labels, key, item, (*place, str(at)))
            for at, item in enumerate(items.items if items else ())
        ]
        groups.append(
            MenuGroup(
                key,
                labels.of(("menu", key), node.get("label"), Label.from_key(key), ("menu", key, "label")),
                node.text("icon"),
                tuple(item for item in made if item is not None),
                draft.origin(node),
                tuple(str(item.plain) for item in held.items) if held else (),
            )
        )
    draft.menu = tuple(groups)


def _default(draft: Draft, labels: Labels) -> tuple[MenuGroup, ...]:
    modules = [module for module in draft.modules.values() if module.parent is None and not module.system]
    items = tuple(MenuItem(module.key, None, module.plural, module.icon) for module in modules)
    label = labels.of(("menu", "*"), None, Label.of("Modules"))
    return (MenuGroup("modules", label, None, items, Origin(draft.top_layer, Span.point("pack.yaml"))),)


def _item(draft: Draft, labels: Labels, group: str, node: Node, place: Place) -> MenuItem | None:
    if isinstance(node, Scalar):
        module = _module(draft, node, str(node.value), place)
        return MenuItem(module.key, None, module.plural, module.icon) if module else None
    if not isinstance(node, MapNode):
        return None
    written, filtered = node.scalar("module"), node.scalar("filter")
    if (written is None) == (filtered is None):
        draft.note("menu_item", "", node, place)
        return None
    if written is not None:
        module = _module(draft, written, str(written.value), (*place, "module"))
        if module is None:
            return None
        label = labels.of(("menu", group, module.key), node.get("label"), module.plural, (*place, "label"))
        return MenuItem(module.key, None, label, node.text("icon") or module.icon)
    assert filtered is not None
    return _filter_item(draft, labels, group, node, filtered, place)


def _filter_item(
    draft: Draft, labels: Labels, group: str, node: MapNode, filtered: Scalar, place: Place
) -> MenuItem | None:
    key, dot, name = str(filtered.value).partition(".")
    if not dot:
        draft.note("menu_item", key, filtered, (*place, "filter"))
        return None
    module = _module(draft, filtered, key, (*place, "filter"))
    if module is None:
        return None
    filters = draft.filters[module.key]
    if name not in filters:
        if not draft.is_broken("filters", module.key, name):
            span = filtered.locate(len(key) + 1, len(key) + 1 + len(name))
            draft.note("filter", name, span, (*place, "filter"), list(filters), module.key)
        return None
    draft.mention((*place, "filter"), filtered, Thing("filter", f"{key}.{name}"), "shows")
    label = labels.of(
        ("menu", group, f"{key}.{name}"), node.get("label"), filters[name].label, (*place, "label")
    )
    return MenuItem(module.key, name, label, node.text("icon") or module.icon)


def _module(draft: Draft, at: Scalar, key: str, place: Place) -> Module | None:
    """The module of an item: one that is there, and no module of rows."""
    module = draft.modules.get(key)
    if module is None:
        if not draft.is_written("modules", key):
            draft.note("module", key, at.locate(0, len(key)), place, list(draft.files["modules"]))
        return None
    if module.parent is not None:
        draft.note("row_module", key, at, place, (), f"menu|{module.parent}")
        return None
    draft.mention(place, at, Thing("module", key), "shows")
    return module
