"""Resolves who may do what: roles, profiles and sharing, with every name and condition in them."""

from types import MappingProxyType

from runtime.language.draft import Draft
from runtime.language.nodes import ListNode, MapNode, Node, Scalar
from runtime.language.resolve.expressions import is_expression, resolve_expression
from runtime.language.resolve.labels import Labels
from runtime.language.shape import Path as Place
from runtime.model.access import (
    ANY,
    LEVELS,
    NEVER_HIDDEN,
    OWNERS,
    Access,
    Calendar,
    FieldRights,
    ModuleRights,
    Profile,
    Role,
    Sharing,
    SharingRule,
)
from runtime.model.catalog import Expression
from runtime.model.types import BOOLEAN
from runtime.model.uses import Thing


def resolve_access(draft: Draft, labels: Labels) -> None:
    """Fill the draft's access, and note the names that are nowhere."""
    roles = draft.single("roles")
    for key, node in roles.maps() if roles else ():
        path = ("roles", key)
        label = labels.of(path, node.get("label"), labels.named(path, None), (*path, "label"))
        held = node.list("profiles")
        profiles = tuple(str(item.plain) for item in held.items) if held else ()
        draft.roles[key] = Role(key, label, node.text("under"), draft.origin(node), profiles)
    for key, node in roles.maps() if roles else ():
        _role(draft, node, node.get("under"), ("roles", key, "under"))
        _profiles(draft, node.get("profiles"), ("roles", key, "profiles"))
    for key, tree in draft.trees.get("picklists", {}).items():
        _choosers(draft, key, tree)
    menu = draft.single("menu")
    for key, node in menu.maps() if menu else ():
        _profiles(draft, node.get("profiles"), ("menu", key, "profiles"))
    profiles_made = {
        key: _profile(draft, labels, tree, key) for key, tree in draft.trees.get("profiles", {}).items()
    }
    sharing = draft.single("sharing")
    draft.access = Access(
        MappingProxyType(draft.roles),
        MappingProxyType(profiles_made),
        Sharing() if sharing is None else _sharing(draft, sharing),
    )


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
        name, here = str(item.plain), (*place, str(position))
        if draft.is_written("profiles", name):
            draft.mention(here, item, Thing("profile", name), "names")
        else:
            draft.note("profile", name, item, here, list(draft.files.get("profiles", ())))


def _profile(draft: Draft, labels: Labels, tree: MapNode, key: str) -> Profile:
    path: Place = ("profiles", key)
    modules: dict[str, ModuleRights] = {}
    rights = tree.map("modules")
    for name, node in rights.keys.items() if rights else ():
        _module(draft, name, node, (*path, "modules", name))
        granted = rights.map(name) if rights else None
        names = granted.items if granted else {}
        modules[name] = ModuleRights(
            frozenset(right for right in names if granted is not None and granted.flag(right, False)),
            draft.origin(granted or node),
        )
    fields: dict[str, FieldRights] = {}
    rights = tree.map("fields")
    for name, node in rights.keys.items() if rights else ():
        found = rights.map(name) if rights else None
        if _field(draft, name, node, (*path, "fields", name)) and found is not None:
            fields[name] = _field_rights(draft, found, name, (*path, "fields", name))
    tools = tree.map("tools")
    return Profile(
        key,
        labels.named(path, tree),
        draft.origin(tree),
        MappingProxyType(modules),
        MappingProxyType(fields),
        MappingProxyType({} if tools is None else {name: tools.flag(name, False) for name in tools.items}),
    )


def _field(draft: Draft, written: str, node: Node, place: Place) -> bool:
    """Whether a profile names a field, or the others of a module, that is there."""
    module, dot, field = written.partition(".")
    _module(draft, module, node, place, rows=True)
    known = draft.modules.get(module)
    if not dot:
        draft.note("no_field", written, node, place, (), "write module.field, or module.*")
        return False
    if field == ANY or known is None:
        return known is not None
    if field in NEVER_HIDDEN:
        draft.note("no_field", written, node, place, (), "every record has it, and shows it")
        return False
    if known.field(field) is not None:
        draft.mention(place, node, Thing("field", written), "binds")
        return True
    if not draft.is_broken("modules", module, "fields", field):
        draft.note("field", field, node, place, [one.key for one in known.all_fields()], f"{module} has")
    return False


def _field_rights(draft: Draft, node: MapNode, name: str, place: Place) -> FieldRights:
    module = name.partition(".")[0]
    return FieldRights(
        _right(draft, node.get("read"), module, (*place, "read")),
        _right(draft, node.get("update"), module, (*place, "update")),
        draft.origin(node),
    )


def _right(draft: Draft, node: Node | None, module: str, place: Place) -> "bool | Expression | None":
    if node is None:
        return None
    if not is_expression(node):
        return node.plain is True
    found = resolve_expression(draft, node, module, place, BOOLEAN, database=True, skipped=1)
    return False if found is None else found


def _module(draft: Draft, key: str, node: Node, place: Place, *, rows: bool = False) -> None:
    if key in draft.modules:
        draft.mention(place, node, Thing("module", key), "binds")
        if (parent := draft.modules[key].parent) is not None and not rows:
            draft.note("row_rights", key, node, place, (), parent)
    elif key != ANY and not draft.is_written("modules", key):
        draft.note("module", key, node, place, list(draft.files["modules"]))


def _sharing(draft: Draft, tree: MapNode) -> Sharing:
    levels: dict[str, str] = {}
    default = tree.map("default")
    for key, node in default.keys.items() if default else ():
        _module(draft, key, node, ("sharing", "default", key))
        level = default.text(key) if default else None
        levels[key] = level if level in LEVELS else "private"
    rules: list[SharingRule] = []
    written = tree.list("rules")
    for position, rule in enumerate(written.items if written else ()):
        if isinstance(rule, MapNode):
            found = _rule(draft, rule, ("sharing", "rules", str(position)))
            rules += [] if found is None else [found]
    places = {key: draft.origin(node) for key, node in (default.keys.items() if default else ())}
    owners = tree.map("owners")
    chosen: dict[str, str] = {}
    for key, node in owners.keys.items() if owners else ():
        _module(draft, key, node, ("sharing", "owners", key))
        who = owners.text(key) if owners else None
        chosen[key] = who if who in OWNERS else OWNERS[0]
    return Sharing(
        MappingProxyType(levels),
        tuple(rules),
        True,
        MappingProxyType(places),
        MappingProxyType(chosen),
        MappingProxyType(_calendars(draft, tree)),
        MappingProxyType({key: draft.origin(node) for key, node in (owners.keys.items() if owners else ())}),
    )


def _calendars(draft: Draft, tree: MapNode) -> dict[str, Calendar]:
    found: dict[str, Calendar] = {}
    calendars = tree.map("calendars")
    for key, node in calendars.maps() if calendars else ():
        place = ("sharing", "calendars", key)
        _module(draft, key, node, place)
        if key not in draft.modules or draft.modules[key].parent is not None:
            continue
        private = resolve_expression(
            draft, node.get("private"), key, (*place, "private"), BOOLEAN, database=True
        )
        times = node.list("times")
        named = [
            str(item.plain)
            for at, item in enumerate(times.items if times else ())
            if _field(draft, f"{key}.{item.plain}", item, (*place, "times", str(at)))
        ]
        if node.get("private") is None or private is not None:
            found[key] = Calendar(private, tuple(named), draft.origin(node))
    return found


def _rule(draft: Draft, rule: MapNode, place: Place) -> SharingRule | None:
    module, to = rule.get("module"), rule.map("to")
    key = str(module.plain) if module is not None else ""
    if module is not None:
        _module(draft, key, module, (*place, "module"))
    for kind in ("role", "role_and_below"):
        _role(draft, rule, to.get(kind) if to else None, (*place, "to", kind))
    if key not in draft.modules or to is None:
        return None
    where = resolve_expression(draft, rule.get("where"), key, (*place, "where"), BOOLEAN, database=True)
    if rule.get("where") is not None and where is None:
        return None
    kind, named = next(iter(to.items.items()), ("", None))
    return SharingRule(
        key, kind, str(named.plain) if named else "", rule.text("grant") or "read", where, draft.origin(rule)
    )
