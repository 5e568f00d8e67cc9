"""Resolves modules: fields, what every record has, rows, collections, titles, numbers and search."""

import re
from dataclasses import replace
from types import MappingProxyType

from runtime.base.diagnostic import Span
from runtime.fields.pattern import why_not_a_pattern
from runtime.language.draft import Draft
from runtime.language.nodes import ListNode, MapNode, Scalar
from runtime.language.resolve.choosable import resolve_choosable
from runtime.language.resolve.collections import resolve_collections
from runtime.language.resolve.computed import resolve_computed
from runtime.language.resolve.dependent import check_dependences
from runtime.language.resolve.duplicates import resolve_duplicates
from runtime.language.resolve.dynamics import resolve_dynamics
from runtime.language.resolve.fields import Fields
from runtime.language.resolve.labels import Labels
from runtime.language.resolve.paths import Paths
from runtime.language.shape import plain_items
from runtime.model.catalog import Field, Module, Numbering, Path, Title
from runtime.model.types import INTEGER, TEXT, list_of
from runtime.model.uses import Thing

PLACE = re.compile(r"\{([^{}]*)\}")
SEARCHABLE = (TEXT, INTEGER, list_of(TEXT))
"""What a search looks into: texts, and whole numbers such as a customer's number."""
REACHED_BY = ("email", "phone")
"""What people and companies are looked for by, beside their names."""
NUMBER_WITHOUT_PATTERN = "{seq}"
NO_COLUMN = "It is worked out where it is read, and has no column."


def resolve_modules(draft: Draft, labels: Labels) -> None:
    """Fill the draft's modules."""
    fields = Fields(draft, labels)
    parents = _parents(draft)
    for key, tree in draft.trees.get("modules", {}).items():
        draft.modules[key] = _module(draft, labels, fields, key, tree, parents)
    resolve_collections(draft, labels)
    resolve_computed(draft)
    for key in list(draft.modules):
        draft.modules[key] = _completed(draft, draft.modules[key])
    check_dependences(draft)
    resolve_choosable(draft)
    resolve_dynamics(draft, labels)


def _parents(draft: Draft) -> dict[str, tuple[str, str]]:
    """For each module of rows its parent and the key the parent knows them by; the first one that names it
    wins.
    """
    parents: dict[str, tuple[str, str]] = {}
    for module, tree in draft.trees.get("modules", {}).items():
        rows = tree.map("rows")
        for key, node in rows.maps() if rows else ():
            target = node.text("module") or ""
            path = ("modules", module, "rows", key, "module")
            draft.mention(path, node.get("module"), Thing("module", target), "names")
            if draft.tree("modules", target) is None:
                draft.broken.add(path[:4])
                draft.broken_words.add(key)
                if not draft.is_written("modules", target):
                    draft.note("module", target, node.items["module"], path, list(draft.files["modules"]))
            elif target in parents:
                draft.note("two_parents", target, node.items["module"], path, (), parents[target][0])
            else:
                parents[target] = (module, key)
    return parents


def _module(
    draft: Draft, labels: Labels, fields: Fields, key: str, tree: MapNode, parents: dict[str, tuple[str, str]]
) -> Module:
    path = ("modules", key)
    nodes = tree.map("fields")
    parent, parent_key = parents.get(key, (None, None))
    label = labels.named(path, tree)
    plural = labels.of((*path, "plural"), tree.get("plural"), label)
    numbering = _numbering(draft, key, tree)
    return Module(
        key=key,
        label=label,
        plural=plural,
        icon=tree.text("icon") or "list",
        title=Title(()),
        fields=MappingProxyType(fields.of_module(key, nodes.maps() if nodes else ())),
        record_fields=MappingProxyType(_record_fields(fields, key, numbering, parent)),
        origin=draft.origin(tree),
        numbering=numbering,
        parent=parent,
        parent_key=parent_key,
        system=key in draft.system,
    )


def _record_fields(
    fields: Fields, module: str, numbering: Numbering | None, parent: str | None
) -> dict[str, Field]:
    number = {"format": NUMBER_WITHOUT_PATTERN}
    if numbering is not None and why_not_a_pattern(numbering.format, numbering.reset) is None:
        number = {"format": numbering.format, "reset": numbering.reset}
    editable = {"readonly": False, "log": True, "mass_edit": True}
    made = {
        "id": fields.record_field(module, "id", "integer", {}),
        "number": fields.record_field(module, "number", "auto_number", number),
        "owner": fields.record_field(
            module, "owner", "relation", {"modules": ["users", "groups"]}, **editable
        ),
        "created_at": fields.record_field(module, "created_at", "datetime", {}),
        "created_by": fields.record_field(module, "created_by", "user", {}),
        "updated_at": fields.record_field(module, "updated_at", "datetime", {}),
        "updated_by": fields.record_field(module, "updated_by", "user", {}),
        "version": fields.record_field(module, "version", "integer", {}),
        "archived_at": fields.record_field(module, "archived_at", "datetime", {}),
        "deleted_at": fields.record_field(module, "deleted_at", "datetime", {}),
    }
    if parent is not None:
        settings = {"module": parent, "on_delete": "cascade"}
        made["parent"] = fields.record_field(module, "parent", "relation", settings, required=True)
        made["position"] = fields.record_field(module, "position", "integer", {})
    return made


def _numbering(draft: Draft, module: str, tree: MapNode) -> Numbering | None:
    node = tree.get("numbering")
    if isinstance(node, MapNode):
        numbering = Numbering(
            node.text("format") or "", node.text("reset") or "never", node.flag("gapless", False)
        )
    elif isinstance(node, Scalar):
        numbering = Numbering(str(node.value))
    else:
        return None
    why_not = why_not_a_pattern(numbering.format, numbering.reset)
    if why_not:
        at = node.get("format") if isinstance(node, MapNode) else node
        draft.note("numbering", numbering.format, at or node, ("modules", module, "numbering"), (), why_not)
    return numbering


def _completed(draft: Draft, module: Module) -> Module:
    """The module with what needs the fields of all modules: paths."""
    tree = draft.trees["modules"][module.key]
    paths = Paths(draft)
    title = _title(draft, paths, module, tree)
    indexes, unique = _together(draft, module, tree, "indexes"), _together(draft, module, tree, "unique")
    return replace(
        module,
        title=title,
        search=_search(draft, paths, module, tree, title),
        indexes=tuple(names for names, _ in indexes),
        unique=tuple(names for names, _ in unique),
        together_at=MappingProxyType(dict((*indexes, *unique))),
        duplicates=resolve_duplicates(draft, module, tree),
    )


def _title(draft: Draft, paths: Paths, module: Module, tree: MapNode) -> Title:
    node = tree.scalar("title")
    place = ("modules", module.key, "title")
    if node is None or not isinstance(node.value, str):
        return _default_title(module)
    if "{" not in node.value and "}" not in node.value:
        path = paths.resolve(module, node.value, node, place)
        return (
            Title((("", path),)) if path and _is_titled(draft, path, node, place) else _default_title(module)
        )
    if re.search(r"[{}]", PLACE.sub("", node.value)):
        draft.note(
            "title", node.value, node, place, (), "A brace that is opened is closed, as in {first_name}."
        )
        return _default_title(module)
    parts: list[tuple[str, Path]] = []
    end = 0
    for found in PLACE.finditer(node.value):
        path = paths.resolve(module, found[1], node, place, skipped=found.start(1))
        if path is not None and _is_titled(draft, path, node, place):
            parts.append((node.value[end : found.start()], path))
        end = found.end()
    return Title(tuple(parts), node.value[end:]) if parts else _default_title(module)


def _is_titled(draft: Draft, path: Path, node: Scalar, place: tuple[str, ...]) -> bool:
    """Whether a path can stand in a title: it has one value, which is stored."""
    if path.field.is_virtual:
        draft.note("no_column", path.text, node, place, (), NO_COLUMN)
        return False
    if path.attribute is None and draft.types[path.field.type].linked:
        draft.note("title", path.text, node, place, (), f'"{path.text}" may have several values.')
        return False
    return True


def _default_title(module: Module) -> Title:
    """The field called name, else the first text, else the record's number."""
    stored = {key: field for key, field in module.fields.items() if not field.is_virtual}
    texts = [field for field in stored.values() if field.value_type == TEXT]
    field = stored.get("name") or next(iter(texts), None) or module.record_fields["id"]
    return Title((("", Path(field.key, (field,))),))


def _search(draft: Draft, paths: Paths, module: Module, tree: MapNode, title: Title) -> tuple[Path, ...]:
    """The paths of the module's ``search``, the fields that say ``search: true``, or what the title is made
    of and every e-mail address and telephone number.
    """
    node = tree.list("search")
    place = ("modules", module.key, "search")
    found: dict[str, Path] = {}
    for position, item in enumerate(node.items if node else ()):
        path = paths.of_node(module, item, (*place, str(position)))
        if path is None:
            continue
        if path.field.is_virtual:
            draft.note("no_column", path.text, item, (*place, str(position)), (), NO_COLUMN)
        elif path.attribute is not None or path.field.value_type not in SEARCHABLE:
            draft.note("search", path.text, item, (*place, str(position)), (), path.field.type)
        else:
            found[path.text] = path
    for field in module.fields.values():
        if field.search and not field.is_virtual:
            if field.value_type in SEARCHABLE:
                found[field.key] = Path(field.key, (field,))
            else:
                where = ("modules", module.key, "fields", field.key, "search")
                draft.note("search", field.key, draft.span(where), where, (), field.type)
    if not found and node is None:
        found = {
            path.text: path
            for _, path in title.parts
            if path.field.value_type in SEARCHABLE and not path.attribute
        }
        if module.parent is None:
            reached = (field for field in module.fields.values() if field.type in REACHED_BY)
            texts = (field for field in reached if field.value_type == TEXT and not field.is_virtual)
            found |= {field.key: Path(field.key, (field,)) for field in texts}
    return tuple(found.values())


def _together(draft: Draft, module: Module, tree: MapNode, key: str) -> list[tuple[tuple[str, ...], Span]]:
    """The groups of fields that are indexed, or unique, together, each with where it is written."""
    groups: list[tuple[tuple[str, ...], Span]] = []
    outer = tree.list(key)
    for position, inner in enumerate(outer.items if outer else ()):
        if not isinstance(inner, ListNode):
            continue
        place = ("modules", module.key, key, str(position))
        names = plain_items(inner)
        sound = [
            name
            for name, item in zip(names, inner.items, strict=True)
            if _may_group(draft, module, name, item, place)
        ]
        if len(sound) == len(names) and names:
            groups.append((tuple(dict.fromkeys(names)), inner.span))
    return groups


def _may_group(draft: Draft, module: Module, name: str, item: object, place: tuple[str, ...]) -> bool:
    assert isinstance(item, Scalar)
    field = module.field(name)
    if field is None:
        if not draft.is_broken("modules", module.key, "fields", name):
            known = [one.key for one in module.all_fields()]
            draft.note("field", name, item, place, known, f"{module.key} has")
        return False
    if draft.types[field.type].linked:
        draft.note("not_indexable", name, item, place, (), field.type)
        return False
    if field.is_virtual:
        draft.note("no_column", name, item, place, (), NO_COLUMN)
        return False
    if place[2] == "unique" and field.computed is not None and field.computed.way == "wide":
        draft.note("no_column", name, item, place, (), "The database works it out behind the save.")
        return False
    does = "binds" if place[2] == "unique" else "reads"
    draft.mention(place, item, Thing("field", f"{module.key}.{name}"), does)
    return True
