"""Setup: everything the catalog holds, each thing with the file and the line it comes from."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import phrase
from runtime.model.catalog import Catalog, Filter, Layout, Module, Origin, Picklist
from runtime.model.uses import Thing
from runtime.web.admin.source import place_of, source_address
from runtime.web.admin.tabs import tabs
from runtime.web.admin.uses import Part, part_of_facts, uses_part
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.pages.screen import Screen

KINDS = {
    "modules": phrase("Modules"),
    "layouts": phrase("Layouts"),
    "picklists": phrase("Picklists"),
    "filters": phrase("Filters"),
    "menu": phrase("Menu"),
}
"""The kinds of the catalog that are shown, with their titles in English."""

FIELD_COLUMNS = (
    phrase("Field"),
    phrase("Key"),
    phrase("Type"),
    phrase("Required"),
    phrase("Unique"),
    phrase("Settings"),
)
FILTER_COLUMNS = (
    phrase("Filter"),
    phrase("Key"),
    phrase("Condition"),
    phrase("Columns"),
    phrase("Sort"),
    phrase("Quick filters"),
)


def begin(screen: Screen, call: Call) -> Response:
    """Where the administration begins."""
    return RedirectResponse("/admin/setup", 303)


def show(screen: Screen, call: Call) -> Response:
    """The index of the catalog, and the one thing that the address names (``?show=modules.accounts``)."""
    catalog = call.live.catalog
    kind, _, key = (call.query("show") or f"modules.{_first(catalog)}").partition(".")
    parts = _parts(call, catalog, kind, key)
    if parts is None:
        raise not_found()
    context = {
        "setup": {
            "pack": f"{catalog.title.in_language(call.actor.language)} {catalog.version}",
            "revision": call.live.revision,
            "index": _index(call, catalog, kind, key),
            "parts": parts,
        },
        "admin_tabs": tabs(call, "setup"),
    }
    return screen.draw(call, "admin/setup.html", context)


def _first(catalog: Catalog) -> str:
    """The module that Setup opens with: the menu's first, else the first that is no module of the system."""
    listed = [item.module for group in catalog.menu for item in group.items]
    return next((key for key in (*listed, *catalog.modules) if not catalog.modules[key].system), "users")


def _index(call: Call, catalog: Catalog, kind: str, key: str) -> list[Part]:
    language = call.actor.language
    things: dict[str, list[tuple[str, str]]] = {
        "modules": [
            (m.key, m.plural.in_language(language))
            for m in sorted(catalog.modules.values(), key=lambda m: m.system)
        ],
        "layouts": [(m, catalog.modules[m].plural.in_language(language)) for m in catalog.layouts],
        "picklists": [(p.key, p.label.in_language(language) or p.key) for p in catalog.picklists.values()],
        "filters": [(m, catalog.modules[m].plural.in_language(language)) for m in catalog.filters],
        "menu": [(g.key, g.label.in_language(language)) for g in catalog.menu],
    }
    return [
        {
            "label": call.translate(title),
            "links": [
                {
                    "label": label,
                    "key": found,
                    "href": f"/admin/setup?show={name}.{found}",
                    "active": (name, found) == (kind, key),
                }
                for found, label in things[name]
            ],
        }
        for name, title in KINDS.items()
    ]


def _parts(call: Call, catalog: Catalog, kind: str, key: str) -> list[Part] | None:
    language = call.actor.language
    if kind == "modules" and key in catalog.modules:
        return [*_module(call, catalog.modules[key]), uses_part(call, Thing("module", key))]
    if kind == "layouts" and key in catalog.layouts:
        return _layout(call, catalog.layouts[key])
    if kind == "picklists" and key in catalog.picklists:
        return [_picklist(call, catalog.picklists[key]), uses_part(call, Thing("picklist", key))]
    if kind == "filters" and key in catalog.filters:
        return [_filters(call, key, list(catalog.filters[key].values()))]
    if kind == "fields":
        return _field(call, catalog, key)
    if kind == "values":
        return _value(call, catalog, key)
    if kind == "menu":
        return [
            _table(
                call,
                group.key,
                group.label.in_language(language),
                group.origin,
                (phrase("Label"), phrase("Module"), phrase("Filter")),
                [
                    ((item.label.in_language(language), item.module, item.filter or ""), group.origin)
                    for item in group.items
                ],
            )
            for group in catalog.menu
            if group.key == key
        ] or None
    return None


def _module(call: Call, module: Module) -> list[Part]:
    language = call.actor.language
    fields = _table(
        call,
        module.key,
        module.plural.in_language(language),
        module.origin,
        (
            phrase("Field"),
            phrase("Key"),
            phrase("Type"),
            phrase("Required"),
            phrase("Unique"),
            phrase("Settings"),
        ),
        [
            (
                (
                    field.label.in_language(language),
                    field.key,
                    field.type,
                    _tick(field.required),
                    _tick(field.unique),
                    _settings(field.settings),
                ),
                field.origin,
            )
            for field in module.fields.values()
        ],
    )
    for row, field in zip(fields["rows"], module.fields.values(), strict=True):
        row["href"] = f"/admin/setup?show=fields.{module.key}.{field.key}"
    collections = _table(
        call,
        f"{module.key}-collections",
        call.translate("Related records and rows"),
        None,
        (phrase("Name"), phrase("Key"), phrase("Kind"), phrase("Module"), phrase("Through")),
        [
            ((c.label.in_language(language), c.key, c.kind, c.target, c.via), c.origin)
            for c in module.collections.values()
        ],
    )
    return [fields, collections] if module.collections else [fields]


def _layout(call: Call, layout: Layout) -> list[Part]:
    language = call.actor.language
    head = _table(
        call,
        layout.module,
        call.translate("Layout"),
        layout.origin,
        (phrase("Part"), phrase("Fields")),
        [
            (("list", ", ".join(path.text for path in layout.list)), layout.origin),
            (("header", ", ".join(path.text for path in layout.header)), layout.origin),
            (("create", ", ".join(path.text for path in layout.create)), layout.origin),
            (("quick_view", ", ".join(path.text for path in layout.quick_view)), layout.origin),
        ],
    )
    tabs_of = [
        _table(
            call,
            f"{layout.module}-{tab.key}",
            tab.label.in_language(language),
            tab.origin,
            (phrase("Block"), phrase("Key"), phrase("Kind"), phrase("Shows"), phrase("When")),
            [
                (
                    (
                        block.label.in_language(language),
                        block.key,
                        block.kind,
                        ", ".join(path.text for path in block.fields)
                        or block.collection
                        or block.component
                        or "",
                        block.when.text if block.when else "",
                    ),
                    block.origin,
                )
                for block in tab.blocks
            ],
        )
        for tab in layout.tabs
    ]
    return [head, *tabs_of]


def _picklist(call: Call, picklist: Picklist) -> Part:
    language = call.actor.language
    attributes = tuple(picklist.attribute_types)
    part = _table(
        call,
        picklist.key,
        picklist.key,
        picklist.origin,
        (phrase("Value"), phrase("Key"), *attributes),
        [
            (
                (
                    value.label.in_language(language),
                    value.key,
                    *(_text(value.attributes.get(name)) for name in attributes),
                ),
                value.origin,
            )
            for value in picklist.values.values()
        ],
    )
    for row, value in zip(part["rows"], picklist.values.values(), strict=True):
        row["color"] = value.color
        row["href"] = f"/admin/setup?show=values.{picklist.key}.{value.key}"
    return part


def _field(call: Call, catalog: Catalog, key: str) -> list[Part] | None:
    """One field: what it is, and where it is used."""
    owner, _, name = key.partition(".")
    module = catalog.modules.get(owner)
    field = module.field(name) if module is not None else None
    if module is None or field is None:
        return None
    language = call.actor.language
    facts = {
        phrase("Module"): module.plural.in_language(language),
        phrase("Key"): field.key,
        phrase("Type"): field.type,
        phrase("Help"): field.help.in_language(language) if field.help is not None else "",
        phrase("Required"): _tick(field.required),
        phrase("Settings"): _settings(field.settings),
    }
    head = part_of_facts(call, key, field.label.in_language(language), field.origin, facts)
    return [head, uses_part(call, Thing("field", key))]


def _value(call: Call, catalog: Catalog, key: str) -> list[Part] | None:
    """One value of a picklist: its attributes, and where it is used."""
    owner, _, name = key.partition(".")
    picklist = catalog.picklists.get(owner)
    value = picklist.values.get(name) if picklist is not None else None
    if picklist is None or value is None:
        return None
    language = call.actor.language
    facts = {
        phrase("Picklist"): picklist.label.in_language(language) or picklist.key,
        phrase("Key"): value.key,
        **{attribute: _text(given) for attribute, given in value.attributes.items()},
    }
    head = part_of_facts(call, key, value.label.in_language(language), value.origin, facts)
    return [head, uses_part(call, Thing("value", key))]


def _filters(call: Call, module: str, filters: list[Filter]) -> Part:
    language = call.actor.language
    return _table(
        call,
        module,
        call.translate("Filters"),
        None,
        (
            phrase("Filter"),
            phrase("Key"),
            phrase("Condition"),
            phrase("Columns"),
            phrase("Sort"),
            phrase("Quick filters"),
        ),
        [
            (
                (
                    found.label.in_language(language),
                    found.key,
                    found.where.text if found.where else "",
                    ", ".join(path.text for path in found.columns),
                    ", ".join(("-" if key.descending else "") + key.path.text for key in found.sort),
                    ", ".join(path.text for path in found.quick),
                ),
                found.origin,
            )
            for found in filters
        ],
    )


def _table(
    call: Call,
    key: str,
    label: str,
    origin: Origin | None,
    columns: tuple[str, ...],
    rows: list[tuple[tuple[str, ...], Origin]],
) -> Part:
    return {
        "key": key,
        "label": label,
        "at": place_of(origin) if origin else None,
        "source": source_address(origin) if origin else None,
        "facts": (),
        "columns": [call.translate(column) for column in columns],
        "rows": [
            {
                "texts": texts,
                "color": None,
                "href": None,
                "at": _near(call, at, origin),
                "source": source_address(at),
            }
            for texts, at in rows
        ],
    }


def _near(call: Call, at: Origin, head: Origin | None) -> str:
    """A place, short where the table's head names the file already."""
    if head is not None and (at.layer, at.span.file) == (head.layer, head.span.file):
        return call.translate("line {n}").format(n=at.span.line)
    return place_of(at)


def _tick(given: bool) -> str:
    return "✓" if given else ""


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _settings(settings: Mapping[str, Any]) -> str:
    return "; ".join(
        f"{name}: {_setting(value)}" for name, value in settings.items() if value not in (None, (), {})
    )


def _setting(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, value)) if isinstance(value, tuple | Mapping) else str(value)
