"""Resolves roles, and looks at the names in profiles and sharing; the rights themselves are not enforced
yet.
"""

from runtime.language.draft import Draft
from runtime.language.nodes import ListNode, MapNode, Node, Scalar
from runtime.language.resolve.labels import Labels
from runtime.language.shape import Path as Place
from runtime.model.catalog import Role
from runtime.model.uses import Thing

ANY = "*"


def resolve_access(draft: Draft, labels: Labels) -> None:
    """Fill the draft's roles, and note the names that are nowhere."""
    roles = draft.single("roles")
    for key, node in roles.maps() if roles else ():
        path = ("roles", key)
        label = labels.of(path, node.get("label"), labels.named(path, None), (*path, "label"))
        draft.roles[key] = Role(key, label, node.text("under"), draft.origin(node))
    for key, node in roles.maps() if roles else ():
        _role(draft, node, node.get("under"), ("roles", key, "under"))
        _profiles(draft, node.get("profiles"), ("roles", key, "profiles"))
    for key, tree in draft.trees.get("picklists", {}).items():
        _choosers(draft, key, tree)
    menu = draft.single("menu")
    for key, node in menu.maps() if menu else ():
        _profiles(draft, node.get("profiles"), ("menu", key, "profiles"))
    for key, tree in draft.trees.get("profiles", {}).items():
        _profile(draft, tree, ("profiles", key))
    sharing = draft.single("sharing")
    if sharing is not None:
        _sharing(draft, sharing)


def _role(draft: Draft, holder: MapNode, node: Node | None, place: Place) -> None:
    if not isinstance(node, Scalar):
        return
    name = str(node.value)
    if name in draft.roles:
        draft.mention(place, node, Thing("role", name), "names")
    elif not draft.is_broken("roles", name):
        draft.note("role", name, node, place, list(draft.roles))


def _choosers(draft: Draft, picklist: str, tree: MapNode) -> None:
    """The roles that may choose a picklist's values."""
    values = tree.map("values")
    for key, node in values.maps() if values else ():
        roles = node.list("roles")
        for position, item in enumerate(roles.items if roles else ()):
            _role(draft, tree, item, ("picklists", picklist, "values", key, "roles", str(position)))


def _profiles(draft: Draft, node: Node | None, place: Place) -> None:
    for position, item in enumerate(node.items if isinstance(node, ListNode) else ()):
        if not draft.is_written("profiles", str(item.plain)):
            known = list(draft.files.get("profiles", ()))
            draft.note("profile", str(item.plain), item, (*place, str(position)), known)


def _profile(draft: Draft, tree: MapNode, path: Place) -> None:
    for part in ("modules", "fields"):
        rights = tree.map(part)
        for key, node in rights.keys.items() if rights else ():
            module, _, field = key.partition(".")
            place = (*path, part, key)
            _module(draft, module, node, place)
            known = draft.modules.get(module)
            if not field or field == ANY or known is None:
                continue
            if known.field(field) is not None:
                draft.mention(place, node, Thing("field", key), "binds")
            elif not draft.is_broken("modules", module, "fields", field):
                names = [one.key for one in known.all_fields()]
                draft.note("field", field, node, place, names, f"{module} has")


def _module(draft: Draft, key: str, node: Node, place: Place) -> None:
    if key in draft.modules:
        draft.mention(place, node, Thing("module", key), "binds")
    elif key != ANY and not draft.is_written("modules", key):
        draft.note("module", key, node, place, list(draft.files["modules"]))


def _sharing(draft: Draft, tree: MapNode) -> None:
    default = tree.map("default")
    for key, node in default.keys.items() if default else ():
        _module(draft, key, node, ("sharing", "default", key))
    rules = tree.list("rules")
    for position, rule in enumerate(rules.items if rules else ()):
        if not isinstance(rule, MapNode):
            continue
        place = ("sharing", "rules", str(position))
        if (module := rule.get("module")) is not None:
            _module(draft, str(module.plain), module, (*place, "module"))
        to = rule.map("to")
        for key in ("role", "role_and_below"):
            _role(draft, rule, to.get(key) if to else None, (*place, "to", key))
