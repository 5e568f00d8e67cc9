"""A record's card: header, process bar, tabs of blocks, and a column at the side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.background import BackgroundTask
from starlette.responses import HTMLResponse, Response

from runtime.model.catalog import Block, Layout, Module, Path, Tab
from runtime.records.choices import Choice, controlling, offered
from runtime.web import shell
from runtime.web.admin.access import access_address
from runtime.web.components.base import UPLOADED, Place
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.pages import approvals, explain, favourites, share
from runtime.web.pages.card import (
    Card,
    condition_paths,
    load,
    own_path,
    visible_blocks,
    visible_tabs,
    with_links,
)
from runtime.web.pages.rules import states_of_card
from runtime.web.pages.screen import Screen, module_of, record_id
from runtime.web.pages.tool import buttons
from runtime.web.record_rights import may_on
from runtime.web.views import FieldView, path_label, record_address

PRINTED = ("fields", "rows")
"""The kinds of blocks that paper has."""


def show(screen: Screen, call: Call) -> Response:
    """The card, with one of its tabs; a related list that pages is given alone."""
    module = module_of(call)
    opened = _open(screen, call, module)
    part = _part(call, [*opened.blocks, *opened.side])
    if part is not None:
        block = draw(opened.place, part)
        context = {"block": block, "shell": {"csrf": call.session.csrf if call.session else ""}}
        return screen.renderer.page(f"pages/blocks/{block['kind']}.html", call.actor.language, context)
    response = screen.draw(call, "pages/record.html", {"record": _context(opened)}, at=module.key)
    looking = call.session is not None and call.session.looking
    if not looking and call.live.recent.note(call.actor.user_id or 0, module.key, opened.place.card.id):
        response.background = BackgroundTask(call.live.recent.write_down, call.site.database.write)
    return response


def context(screen: Screen, call: Call, module: Module) -> dict[str, Any]:
    """The record of the address as its card's template draws it."""
    return _context(_open(screen, call, module))


def draw_files(
    screen: Screen,
    call: Call,
    module: Module,
    errors: Sequence[str],
    told: tuple[str, int | None, Mapping[str, str]] | None,
) -> Response:
    """The block of files after an upload, with why some were refused; ``told`` is what the toast says."""
    opened = _open(screen, call, module)
    key = call.form.text("_block")
    found = next((each for each in (*opened.blocks, *opened.side) if each.key == key), None)
    if found is None:
        raise not_found()
    context = {
        "block": {**draw(opened.place, found), "errors": errors},
        "shell": {"csrf": call.session.csrf if call.session is not None else ""},
    }
    page = screen.renderer.template("pages/blocks/files.html", call.actor.language).render(context)
    if told is not None:
        kind, undo, said = told
        toast = {"toast": shell.toast(call, kind, undo=undo, said=said), "csrf": context["shell"]["csrf"]}
        page += screen.renderer.template("pages/done.html", call.actor.language).render(made=None, **toast)
    return HTMLResponse(page, 422 if errors else 200)


def printed(screen: Screen, call: Call) -> dict[str, Any]:
    """The record as paper has it: its facts, and the fields and rows of all its tabs."""
    module = module_of(call)
    opened = _open(screen, call, module)
    place, plain = opened.place, opened.place.card.plain()
    blocks = [
        block
        for tab in opened.tabs
        for block in visible_blocks(call, tab.blocks, plain)
        if block.kind in PRINTED and f"{tab.key}.{block.key}" not in place.states.parts
    ]
    return {
        "title": place.card.title,
        "number": place.card.number,
        "module": module_view(call, place.card),
        "href": record_address(module.key, place.card.id),
        "header": _header(place),
        "blocks": [draw(place, block) for block in blocks],
    }


@dataclass(frozen=True, slots=True)
class _Opened:
    """A card before it is drawn: its tabs, and the blocks of the chosen one."""

    place: Place
    tabs: list[Tab]
    tab: Tab | None
    blocks: list[Block]
    side: list[Block]


def _open(screen: Screen, call: Call, module: Module) -> _Opened:
    layout = call.live.catalog.layouts[module.key]
    card = with_links(call, load(call, module, record_id(call), _paths(call, module, layout), deleted="any"))
    plain = card.plain()
    states = states_of_card(call, module, card.id)
    tabs = [tab for tab in visible_tabs(call, layout.tabs, plain) if tab.key not in states.parts]
    tab = _chosen(call, tabs)

    def shown(inside: str, blocks: Sequence[Block]) -> list[Block]:
        left = [block for block in blocks if f"{inside}.{block.key}" not in states.parts]
        return visible_blocks(call, left, plain)

    return _Opened(
        Place(call, screen, screen.views(call), card, layout, states),
        tabs,
        tab,
        shown(tab.key, tab.blocks) if tab is not None else [],
        shown("side", layout.side),
    )


def _context(opened: _Opened) -> dict[str, Any]:
    place = opened.place
    return {
        **_head(place),
        "tabs": [_tab(place.call, place.card, found, opened.tab) for found in opened.tabs],
        "blocks": [draw(place, block) for block in opened.blocks],
        "side": [draw(place, block) for block in opened.side],
    }


def draw(place: Place, block: Block) -> dict[str, Any]:
    """A block ready for its template; the kind of block, or its component, knows how."""
    name = block.component if block.kind == "component" else block.kind
    return place.screen.components[name or ""].draw(place, block)


def _paths(call: Call, module: Module, layout: Layout) -> list[Path]:
    blocks = [block for tab in layout.tabs for block in tab.blocks] + list(layout.side)
    shown = [path for block in blocks if block.kind == "fields" for path in block.fields]
    process = _process_paths(module, layout)
    files = [own_path(field) for field in module.fields.values() if field.targets == ("files",)]
    if not any(block.component == "files" for block in blocks):
        files = []
    if module.key == UPLOADED:
        files = [own_path(module.fields[key]) for key in ("module", "record")]
    conditions = [tab.when for tab in layout.tabs] + [block.when for block in blocks]
    return [*layout.header, *process, *shown, *files, *condition_paths(call, conditions)]


def _process_paths(module: Module, layout: Layout) -> list[Path]:
    """The field of the process bar, and the one that decides what it offers."""
    if layout.process is None:
        return []
    above = module.fields.get(controlling(layout.process) or "")
    return [own_path(field) for field in (layout.process, above) if field is not None]


def _part(call: Call, blocks: list[Block]) -> Block | None:
    """The block that htmx asks for by its element, if it asks for one."""
    target = call.request.headers.get("hx-target", "")
    if not call.is_partial:
        return None
    return next((block for block in blocks if target.endswith(f"block-{block.key}")), None)


def _chosen(call: Call, tabs: list[Tab]) -> Tab | None:
    asked = call.query("tab")
    found = next((tab for tab in tabs if tab.key == asked), None)
    if asked and found is None:
        raise not_found()
    return found or (tabs[0] if tabs else None)


def _tab(call: Call, card: Card, tab: Tab, chosen: Tab | None) -> dict[str, Any]:
    return {
        "label": tab.label.in_language(call.actor.language),
        "href": f"{record_address(card.module.key, card.id)}?tab={tab.key}",
        "active": tab is chosen,
        "count": None,
    }


def _head(place: Place) -> dict[str, Any]:
    call, card = place.call, place.card
    module, language = card.module, call.actor.language
    address = record_address(module.key, card.id)
    may_update = place.may_update
    may_delete = may_on(call, module, card.id, "delete")
    notice = (
        {"kind": "warning", "text": call.translate("This record lies in the bin.")} if card.deleted else None
    )
    return {
        "module": module_view(call, card),
        "title": card.title,
        "number": card.number,
        "star": favourites.view(module.key, card.id, _is_starred(call, card)),
        "badges": (),
        "notice": notice,
        "notes": [*_stale(call, module), *(note.in_language(language) for note in place.states.notes)],
        "version": card.version,
        "revision": call.live.revision,
        "links": _links(call, card),
        "approvals": approvals.of_card(call, module, card.id),
        "tools": buttons(call, module, card.id) if not card.deleted else [],
        "edit_href": f"{address}/edit" if may_update else None,
        "share_href": f"{address}/share" if may_update and share.is_shared_here(call, module) else None,
        "access_href": access_address(module.key, card.id) if _is_limited(call, module) else None,
        "delete_href": f"{address}/delete" if may_delete and not card.deleted else None,
        "restore_action": f"{address}/restore" if may_delete and card.deleted else None,
        "process": _process(place, may_update),
        "header": _header(place),
    }


def _is_limited(call: Call, module: Module) -> bool:
    # Whether there is something to ask about who sees a record, and the reader is one who may.
    return call.actor.admin and call.live.catalog.access.is_asked and not module.system


def _stale(call: Call, module: Module) -> list[str]:
    """What is still being recomputed."""
    with call.site.database.read() as connection:
        found = call.live.stale.notes(connection, module.key, call.actor.language)
    return [note.render(call.translate, call.actor.language) for note in found]


def _header(place: Place) -> list[FieldView]:
    """The facts on top, without what rules hide; each may say how it came about."""
    card, language = place.card, place.call.actor.language
    explained = explain.addresses(card.module, card.id)
    found: list[FieldView] = []
    for path in place.layout.header:
        if path.hops or path.field.key not in place.states.hidden:
            label = path_label(path, language)
            view = place.views.of(path.field, card.values[path.text], label, card.values)
            view.explain = None if path.hops or path.attribute else explained.get(path.field.key)
            found.append(view)
    return found


def _links(call: Call, card: Card) -> Sequence[dict[str, str]]:
    """Where a card leads besides: a file's content, and for administrators a user's doors."""
    if card.deleted:
        return ()
    if card.module.key == UPLOADED:
        return _file_links(call, card)
    if card.module.key == "users" and call.actor.admin:
        return [{"label": call.translate("Sign-in"), "href": f"/admin/users/{card.id}", "icon": "key"}]
    return ()


def _file_links(call: Call, card: Card) -> list[dict[str, str]]:
    """What one does with a file: fetch it, and look at the record that it hangs on."""
    found = [
        {
            "label": call.translate("Download"),
            "href": f"/app/{UPLOADED}/{card.id}/content",
            "icon": "download",
        }
    ]
    module, number = card.values["module"], card.values["record"]
    if module in call.live.catalog.modules and number is not None:
        shown = {"label": call.translate("Show its record"), "href": record_address(module, number)}
        found.append({**shown, "icon": "link"})
    return found


def _is_starred(call: Call, card: Card) -> bool:
    with call.site.database.read() as connection:
        return call.live.favourites.has(connection, call.actor.user_id or 0, card.id)


def module_view(call: Call, card: Card) -> dict[str, str]:
    """The module as the head of a page names it."""
    module = card.module
    return {
        "plural": module.plural.in_language(call.actor.language),
        "href": f"/app/{module.key}",
        "icon": module.icon,
    }


def _process(place: Place, may_update: bool) -> dict[str, Any] | None:
    call, card, states, field = place.call, place.card, place.states, place.layout.process
    if field is None:
        return None
    catalog = call.live.catalog
    values = list(catalog.picklists[field.settings["picklist"]].values.values())
    keys = [value.key for value in values]
    current = card.values[field.key]
    choice = Choice(field, current, card.values.get(controlling(field) or ""), is_new=False)
    left = states.limits.get(field.key)
    allowed = [key for key in offered(catalog, call.actor, choice) if left is None or key in left]
    at = keys.index(current) if current in keys else -1
    return {
        "action": f"{record_address(card.module.key, card.id)}/process",
        "label": field.label.in_language(call.actor.language),
        "name": field.key,
        "steps": [
            {
                "key": value.key,
                "label": value.label.in_language(call.actor.language),
                "state": "current" if index == at else ("done" if index < at else ""),
                "allowed": may_update and value.key in allowed,
            }
            for index, value in enumerate(values)
        ],
    }
