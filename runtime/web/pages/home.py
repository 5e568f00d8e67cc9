"""The start page: the menu's modules as tiles."""

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import message
from runtime.web.door import Call
from runtime.web.pages.screen import Screen
from runtime.web.shell import menu_links


def show(screen: Screen, call: Call) -> Response:
    """The tiles, with a way to make a new record where the reader may."""
    language = call.actor.language
    groups = [
        {
            "label": group.label.in_language(language),
            "links": [
                {
                    "label": link.label,
                    "href": link.href,
                    "icon": link.icon,
                    "note": "",
                    "new_href": f"/app/{link.module}/new" if _may_create(call, link.module) else None,
                }
                for link in menu_links(group, language)
                if call.live.judge.may(call.actor, link.module, "read").allowed
            ],
        }
        for group in call.live.catalog.menu
    ]
    greeting = message("Hello, {name}", name=call.actor.name).render(call.translate, language)
    return screen.draw(call, "pages/home.html", {"home": {"greeting": greeting, "groups": groups}})


def go_home(screen: Screen, call: Call) -> Response:
    """The bare address leads to the start page."""
    return RedirectResponse("/app", 303)


def _may_create(call: Call, module: str) -> bool:
    return call.live.judge.may(call.actor, module, "create").allowed
