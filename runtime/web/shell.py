"""The shell around every page: the menu, the user, the theme, and a word about what was just done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from starlette.responses import Response

from runtime.model.catalog import MenuGroup
from runtime.web.door import Call

THEMES = ("light", "dark", "auto")
THEME_COOKIE = "trellis_theme"
FLASH_COOKIE = "trellis_flash"


@dataclass(frozen=True, slots=True)
class MenuLink:
    """One entry of the menu."""

    label: str
    href: str
    icon: str
    active: bool = False
    count: int | None = None
    module: str = ""


def menu_links(group: MenuGroup, language: str) -> list[MenuLink]:
    """The entries of a group of the menu, in the reader's language."""
    return [
        MenuLink(
            label=item.label.in_language(language),
            href=f"/app/{item.module}" + (f"?filter={item.filter}" if item.filter else ""),
            icon=item.icon,
            module=item.module,
        )
        for item in group.items
    ]


def build(call: Call, at: str = "") -> dict[str, Any]:
    """The shell's part of a page's context; ``at`` is the module whose entry of the menu is lit."""
    catalog = call.live.catalog
    language = call.actor.language
    return {
        "lang": language,
        "theme": theme_of(call),
        "site": {"title": catalog.title.in_language(language)},
        "menu": [
            {
                "label": group.label.in_language(language),
                "links": _lit(menu_links(group, language), at, call),
            }
            for group in catalog.menu
        ],
        "urls": {
            "home": "/app",
            "search": None,
            "theme": "/theme",
            "signout": "/signout",
            "setup": "/admin/setup",
        },
        "query": "",
        "user": {
            "name": call.actor.name,
            "email": "",
            "initials": initials(call.actor.name),
            "admin": call.actor.admin,
        },
        "csrf": call.session.csrf if call.session is not None else "",
        "flash": _flash(call),
        "banner": _banner(call),
    }


def outside(call: Call, csrf: str = "") -> dict[str, Any]:
    """What a page without the shell needs, for one who is not signed in."""
    return {
        "lang": call.actor.language,
        "theme": theme_of(call),
        "site": {"title": call.live.catalog.title.in_language(call.actor.language)},
        "csrf": csrf,
    }


def theme_of(call: Call) -> str:
    """The theme that the browser asked for."""
    theme = call.request.cookies.get(THEME_COOKIE, "auto")
    return theme if theme in THEMES else "auto"


def initials(name: str) -> str:
    """The letters that stand for a person: the first of the first and of the last name."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def flash(response: Response, kind: str, address: str = "") -> Response:
    """Leave a word for the next page: what was done (a key of ``SAID``), and the address that undoes or shows
    it.
    """
    response.set_cookie(
        FLASH_COOKIE, quote(f"{kind} {address}"), max_age=60, httponly=True, samesite="lax", path="/"
    )
    return response


SAID: Mapping[str, tuple[str, str, str]] = {
    "created": ("success", "Created.", ""),
    "saved": ("success", "Saved.", ""),
    "unchanged": ("info", "Nothing was changed.", ""),
    "deleted": ("success", "Deleted.", "Open the bin"),
    "restored": ("success", "Restored.", ""),
}
"""What a page says after an act: its kind, the sentence, and the text of its link."""


def _flash(call: Call) -> Sequence[Mapping[str, str | None]]:
    kind, _, address = unquote(call.request.cookies.get(FLASH_COOKIE, "")).partition(" ")
    if kind not in SAID:
        return ()
    call.request.state.flash_shown = True
    sort, sentence, action = SAID[kind]
    translate = call.translate
    is_local = address.startswith("/app/")
    return [
        {
            "kind": sort,
            "text": translate(sentence),
            "href": address if is_local and action else None,
            "action": translate(action) if action else "",
        }
    ]


def _banner(call: Call) -> Mapping[str, str] | None:
    problems = call.site.problems
    if not call.actor.admin or problems is None:
        return None
    text = call.translate("The files have errors: the last good version is being served.")
    return {"text": text, "href": "/admin/diagnostics"}


def _lit(links: list[MenuLink], at: str, call: Call) -> list[MenuLink]:
    chosen = call.query("filter")
    exact = (
        [link for link in links if link.module == at and link.href.endswith(f"?filter={chosen}")]
        if chosen
        else []
    )
    lit = exact or [link for link in links if link.module == at and "?" not in link.href]
    return [
        MenuLink(link.label, link.href, link.icon, link in lit, link.count, link.module) if lit else link
        for link in links
    ]
