"""The start page: what the reader looked at lately, owns, and has a star on; and the modules as tiles."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import message
from runtime.model.values import Ref
from runtime.storage.query import Query
from runtime.web.door import Call
from runtime.web.pages.approvals import queue_of
from runtime.web.pages.screen import Screen, may_open
from runtime.web.shell import menu_links
from runtime.web.titles import new_label
from runtime.web.views import record_address

SHOWN = 8


def show(screen: Screen, call: Call) -> Response:
    """Three lists and the tiles."""
    greeting = message("Hello, {name}", name=call.actor.name).render(call.translate, call.actor.language)
    home = {
        "greeting": greeting,
        "recent": entries(call, recent(call)),
        "mine": _mine(call),
        "favourites": entries(call, favourites(call)),
        "tiles": _tiles(call),
        "approvals": queue_of(call, SHOWN),
    }
    return screen.draw(call, "pages/home.html", {"home": home})


def go_home(screen: Screen, call: Call) -> Response:
    """The bare address leads to the start page."""
    return RedirectResponse("/app", 303)


def recent(call: Call, most: int = SHOWN) -> list[Ref]:
    """The records that the reader looked at lately."""
    with call.site.database.read() as connection:
        places = call.live.recent.of(connection, _reader(call))
        return call.live.refs.several(connection, places, call.actor, call.moment)[:most]


def favourites(call: Call) -> list[Ref]:
    """The records that the reader put a star on."""
    with call.site.database.read() as connection:
        places = call.live.favourites.of(connection, _reader(call))
        return call.live.refs.several(connection, places, call.actor, call.moment)


def entries(
    call: Call, refs: Sequence[Ref], changed: Mapping[int, datetime] | None = None
) -> list[dict[str, Any]]:
    """Records as lines of a list: with their module, and when they changed."""
    modules, language = call.live.catalog.modules, call.actor.language
    return [
        {
            "title": ref.title,
            "href": record_address(ref.module, ref.id),
            "icon": modules[ref.module].icon,
            "module": modules[ref.module].label.in_language(language),
            "when": call.formats.date(changed[ref.id].astimezone(call.zone).date())
            if changed is not None
            else "",
        }
        for ref in refs
    ]


def _mine(call: Call) -> list[dict[str, Any]]:
    """The records that the reader owns, the latest change first."""
    queries = [
        Query(module.key, archived="no")
        for module in call.live.catalog.modules.values()
        if module.parent is None and not module.system and may_open(call, module)
    ]
    with call.site.database.read() as connection:
        owned = call.live.reader.owned(connection, queries, _reader(call), call.moment, SHOWN)
        places = [(each.module, each.id) for each in owned]
        refs = call.live.refs.several(connection, places, call.actor, call.moment)
    return entries(call, refs, {each.id: each.changed_at for each in owned})


def _tiles(call: Call) -> list[dict[str, Any]]:
    """The menu's entries, with a way to make a new record where the reader may."""
    language, judge, modules = call.actor.language, call.live.judge, call.live.catalog.modules
    links = [link for group in call.live.catalog.menu for link in menu_links(group, language)]
    return [
        {
            "label": link.label,
            "href": link.href,
            "icon": link.icon,
            "new_href": f"/app/{link.module}/create"
            if judge.may(call.actor, link.module, "create").allowed
            else None,
            "new_label": new_label(call, modules[link.module]),
        }
        for link in links
    ]


def _reader(call: Call) -> int:
    """The id of who reads: only users come to a page."""
    return call.actor.user_id or 0
