"""Where a thing is used, as a part of its page in Setup."""

from collections.abc import Mapping
from typing import Any

from runtime.base.messages import phrase
from runtime.model.catalog import Origin
from runtime.model.uses import Thing, Use
from runtime.sites.where_used import uses_in_site
from runtime.web.admin.source import place_of, source_address
from runtime.web.door import Call

Part = dict[str, Any]

DOES: Mapping[str, str] = {
    "writes": phrase("writes"),
    "reads": phrase("reads"),
    "shows": phrase("shows"),
    "binds": phrase("sets bounds"),
    "names": phrase("names"),
}
KINDS: Mapping[str, str] = {
    "computed": phrase("Computed field"),
    "default": phrase("Default"),
    "condition": phrase("Condition of a field"),
    "choice": phrase("Choice of records"),
    "dependence": phrase("Dependent picklist"),
    "field": phrase("Field"),
    "title": phrase("Title"),
    "search": phrase("Search"),
    "rows": phrase("Rows"),
    "unique": phrase("Unique"),
    "index": phrase("Index"),
    "rule": phrase("Rule"),
    "check": phrase("Check"),
    "formula": phrase("Formula"),
    "layout": phrase("Layout"),
    "filter": phrase("Filter"),
    "quick_filter": phrase("Quick filter"),
    "kpi": phrase("KPI"),
    "menu": phrase("Menu"),
    "rights": phrase("Rights"),
    "picklist": phrase("Picklist"),
    "data": phrase("Start data"),
    "translation": phrase("Translation"),
    "chosen_columns": phrase("Chosen columns"),
    "saved_filter": phrase("Saved filter"),
    "import_map": phrase("Map of an import"),
}


def uses_part(call: Call, thing: Thing) -> Part:
    """The uses of a thing, each a link to its line."""
    uses = uses_in_site(call.site, call.live, thing)
    columns = (phrase("Use"), phrase("Does"), phrase("Place in the configuration"), phrase("Text"))
    return {
        "key": "uses",
        "label": call.translate("Where it is used"),
        "at": None,
        "source": None,
        "facts": (),
        "note": "" if uses else call.translate("Nothing uses it."),
        "columns": [call.translate(column) for column in columns] if uses else (),
        "rows": [_row(call, use) for use in uses],
    }


def part_of_facts(call: Call, key: str, label: str, origin: Origin, facts: Mapping[str, str]) -> Part:
    """What one thing is, fact by fact."""
    return {
        "key": key,
        "label": label,
        "at": place_of(origin),
        "source": source_address(origin),
        "facts": [{"label": call.translate(name), "text": text} for name, text in facts.items()],
        "columns": (),
        "rows": (),
    }


def _row(call: Call, use: Use) -> Part:
    kind = KINDS.get(use.kind)
    return {
        "texts": (
            call.translate(kind) if kind is not None else use.kind,
            call.translate(DOES[use.does]),
            use.path,
            use.text,
        ),
        "color": None,
        "href": None,
        "at": f"{use.origin.span}" if use.origin is not None else use.who,
        "source": source_address(use.origin) if use.origin is not None else None,
    }
