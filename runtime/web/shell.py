"""The shell around every page: the menu, the user, the theme, and a word about what was just done."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, unquote

from starlette.responses import Response

from runtime.base.messages import message, phrase
from runtime.model.catalog import MenuGroup
from runtime.web.door import Call

THEMES = ("light", "dark", "auto")
THEME_COOKIE = "trellis_theme"
FLASH_COOKIE = "trellis_flash"
NOTHING: Mapping[str, str] = MappingProxyType({})


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
        "menu": tuple(
            (group.label.in_language(language), tuple(_lit(menu_links(group, language), at, call)))
            for group in catalog.menu
        ),
        "urls": {
            "home": "/app",
            "search": "/search",
            "favourites": "/profile/favourites",
            "profile": "/profile",
            "keyboard": "/profile/keyboard",
            "theme": "/theme",
            "signout": "/signout",
            "setup": "/admin/setup",
        },
        "new": _new(call),
        "query": call.query("q") if call.request.url.path == "/search" else "",
        "at_home": call.request.url.path == "/app",
        "user": {
            "name": call.actor.name,
            "email": call.actor.email,
            "initials": initials(call.actor.name),
            "admin": call.actor.admin,
        },
        "csrf": call.session.csrf if call.session is not None else "",
        "flash": _flash(call),
        "acting": call.actor.name if call.session is not None and call.session.by_id is not None else "",
        "looking": call.session is not None and call.session.looking,
        "has_calendars": catalog.access.has_calendars,
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
    """The theme that the reader chose, else the one that was chosen in this browser."""
    theme = call.actor.preferences.theme or call.request.cookies.get(THEME_COOKIE, "auto")
    return theme if theme in THEMES else "auto"


def keep_theme(call: Call, response: Response, theme: str) -> None:
    """Remember the theme in this browser, for the pages that nobody is signed in on."""
    response.set_cookie(
        THEME_COOKIE,
        theme,
        max_age=31_536_000,
        httponly=True,
        samesite="lax",
        secure=call.site.settings.secure,
    )


def initials(name: str) -> str:
    """The letters that stand for a person: the first of the first and of the last name."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def flash(response: Response, kind: str, address: str = "", undo: int | None = None, **said: str) -> Response:
    """Leave a word for the next page: what was done (a key of ``SAID``), the address that shows it, the
    change set that a click undoes, and the values of the sentence's places.
    """
    words = {
        "kind": kind,
        "at": address,
        "undo": undo,
        "said": {key: text[:300] for key, text in said.items()},
    }
    text = quote(json.dumps(words, ensure_ascii=False, separators=(",", ":")))
    response.set_cookie(FLASH_COOKIE, text, max_age=60, httponly=True, samesite="lax", path="/")
    return response


SAID: Mapping[str, tuple[str, str, str]] = {
    "created": ("success", phrase("Created."), ""),
    "made": ("success", phrase("{title} was created."), phrase("Open it")),
    "saved": ("success", phrase("Saved."), ""),
    "unchanged": ("info", phrase("Nothing was changed."), ""),
    "deleted": ("success", phrase("Deleted."), phrase("Open the bin")),
    "restored": ("success", phrase("Restored."), ""),
    "linked": ("success", phrase("{title} was linked."), ""),
    "unlinked": ("success", phrase("{title} was taken out."), ""),
    "files_added": ("success", phrase("Files added: {count}"), ""),
    "file_deleted": ("success", phrase("The file was deleted."), ""),
    "none_chosen": ("info", phrase("Choose the records first."), ""),
    "tool_done": ("success", phrase("{tool}: done."), ""),
    "tool_goes_on": ("info", phrase("{tool}: it goes on in the background."), ""),
    "tool_skipped": ("info", phrase("{tool}: nothing was to be done."), ""),
    "tool_done_some": (
        "success",
        phrase("{tool}: done for {done}, left out for {skipped}, going on in the background for {open}."),
        "",
    ),
    "tool_failed_some": (
        "danger",
        phrase(
            "{tool}: failed for {failed} ({reason}); done for {done}, left out for {skipped}, open: {open}."
        ),
        "",
    ),
    "approved": ("success", phrase("Approved."), ""),
    "rejected": ("success", phrase("Rejected."), ""),
    "decided_already": ("info", phrase("It has been decided already."), ""),
    "undone": ("success", phrase("Undone."), ""),
    "undone_but": ("warning", phrase("Undone, but this has changed since and stays as it is: {what}."), ""),
    "not_undone": ("danger", phrase("Nothing was undone: {what}"), ""),
    "invited": ("success", phrase("A link is on its way to {email}."), ""),
    "signed_out": ("success", phrase("Signed out there."), ""),
    "key_revoked": ("success", phrase("The key was revoked: it opens nothing any more."), ""),
    "password": ("success", phrase("The password was changed."), ""),
}
"""What a page says after an act: its kind, the sentence, and the text of its link."""


def toast(
    call: Call, kind: str, address: str = "", undo: int | None = None, said: Mapping[str, str] = NOTHING
) -> dict[str, Any]:
    """A word about what was just done, ready for its template."""
    sort, sentence, action = SAID[kind]
    is_local = address.startswith("/app/")
    return {
        "kind": sort,
        "text": message(sentence, **said).render(call.translate, call.actor.language),
        "href": address if is_local and action else None,
        "action": call.translate(action) if action else "",
        "undo": f"/undo/{undo}" if undo is not None else None,
    }


def _flash(call: Call) -> Sequence[Mapping[str, Any]]:
    """What the page before left to be said; a cookie that is none of ours says nothing."""
    given = call.request.cookies.get(FLASH_COOKIE)
    if not given:
        return ()
    call.request.state.flash_shown = True
    try:
        words = json.loads(unquote(given))
        undo = None if words["undo"] is None else int(words["undo"])
        said = {str(name): str(value) for name, value in words["said"].items()}
        return [toast(call, words["kind"], str(words["at"]), undo, said)]
    except (ValueError, KeyError, TypeError, AttributeError):
        return ()


def _new(call: Call) -> tuple[MenuLink, ...]:
    """The modules of the menu of which the reader may make a record, each once."""
    catalog, judge, language = call.live.catalog, call.live.judge, call.actor.language
    keys = dict.fromkeys(item.module for group in catalog.menu for item in group.items)
    return tuple(
        MenuLink(module.label.in_language(language), f"/app/{key}/create", module.icon)
        for key in keys
        if not (module := catalog.modules[key]).system and judge.may(call.actor, key, "create").allowed
    )


def _banner(call: Call) -> Mapping[str, str] | None:
    problems, behind = call.site.problems, call.site.behind
    if not call.actor.admin:
        return None
    if behind is not None:
        text = call.translate(
            "Revision {newest} cannot be served by this process: revision {live} goes on, for reading only."
        ).format(newest=behind.revision, live=call.live.revision)
        return {"text": text, "href": "/admin/diagnostics"}
    if problems is None:
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
