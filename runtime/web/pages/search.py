"""Searching everywhere: the page of results, and the palette that finds records, lists and pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from runtime.base.messages import message
from runtime.expressions.text import fold
from runtime.records.search import SHORTEST
from runtime.storage.lookup import Hits
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.pages.home import recent
from runtime.web.pages.list import SEARCH
from runtime.web.pages.screen import Screen
from runtime.web.shell import menu_links
from runtime.web.titles import new_label
from runtime.web.views import record_address

SHOWN = 10
"""Records of a module on the page of results."""
CAP = 100
"""Where counting them stops."""
QUICK = 4
"""Records of a module in the palette."""
PLACES = 8
"""Lists and pages in the palette."""
PATIENCE = 3.0
"""Seconds: modules that it takes longer to reach are named and left out."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the palette."""

    title: str
    href: str
    icon: str
    note: str = ""


def show(screen: Screen, call: Call) -> Response:
    """The page of results, grouped by module."""
    typed = call.query("q").strip()
    found, unread = _find(call, typed, SHOWN, PATIENCE)
    language, modules = call.actor.language, call.live.catalog.modules
    search = {
        "typed": typed,
        "too_short": len(typed) < SHORTEST,
        "shortest": SHORTEST,
        "groups": [
            {
                "label": modules[hits.module].plural.in_language(language),
                "icon": modules[hits.module].icon,
                "count": call.formats.integer(hits.n) + ("+" if hits.capped else ""),
                "all": _all(call, hits, typed),
                "rows": [
                    {"title": hit.title, "number": hit.number, "href": record_address(hits.module, hit.id)}
                    for hit in hits.hits
                ],
            }
            for hits in found
        ],
        "unread": _unread(call, unread),
    }
    return screen.draw(call, "pages/search.html", {"search": search})


def palette(screen: Screen, call: Call) -> Response:
    """The palette's options: what was looked at lately and the menu, or what was typed finds."""
    typed = call.query("q").strip()
    found, _ = _find(call, typed, QUICK, PATIENCE / 2)
    language, modules = call.actor.language, call.live.catalog.modules
    groups: list[dict[str, Any]] = []
    if not typed:
        groups.append({"label": call.translate("Recently viewed"), "choices": _recent(call)})
    for hits in found:
        choices = [
            Choice(hit.title, record_address(hits.module, hit.id), modules[hits.module].icon, hit.number)
            for hit in hits.hits
        ]
        every = _all(call, hits, typed)
        choices += [every] if every is not None else []
        groups.append({"label": modules[hits.module].plural.in_language(language), "choices": choices})
    places = [place for place in _places(call) if _fits(place, typed)][:PLACES]
    groups.append({"label": call.translate("Go to"), "choices": places})
    context = {"palette": {"typed": typed, "groups": [group for group in groups if group["choices"]]}}
    return screen.renderer.page("pages/palette.html", call.actor.language, context)


def _all(call: Call, hits: Hits, typed: str) -> Choice | None:
    """The module's list with the same words; None where all that were found are shown already."""
    if not (hits.capped or hits.n > len(hits.hits)):
        return None
    modules = call.live.catalog.modules[hits.module].plural.in_language(call.actor.language)
    title = call.translate("Show all in {modules}").format(modules=modules)
    return Choice(title, f"/app/{hits.module}?{urlencode({SEARCH: typed})}", "list-details")


def _find(call: Call, typed: str, shown: int, seconds: float) -> tuple[Sequence[Hits], Sequence[str]]:
    if len(typed) < SHORTEST:
        return (), ()
    with call.site.database.read() as connection:
        findings = call.live.search.everywhere(
            connection, call.actor, call.moment, typed, shown=shown, cap=CAP, seconds=seconds
        )
    return findings.found, findings.unread


def _unread(call: Call, unread: Sequence[str]) -> str:
    if not unread:
        return ""
    modules, language = call.live.catalog.modules, call.actor.language
    names = ", ".join(modules[key].plural.in_language(language) for key in unread)
    sentence = message(
        "There was no time to look into these: {names}. Type more to narrow it down.", names=names
    )
    return sentence.render(call.translate, language)


def _recent(call: Call) -> list[Choice]:
    modules = call.live.catalog.modules
    return [
        Choice(
            ref.title,
            record_address(ref.module, ref.id),
            modules[ref.module].icon,
            modules[ref.module].label.in_language(call.actor.language),
        )
        for ref in recent(call, 5)
    ]


def _places(call: Call) -> Iterable[Choice]:
    """Everywhere that one may go: the menu, new records, saved filters, pages."""
    catalog, language, judge = call.live.catalog, call.actor.language, call.live.judge
    links = [link for group in catalog.menu for link in menu_links(group, language)]
    yield from (Choice(link.label, link.href, link.icon) for link in links)
    modules = list(dict.fromkeys(link.module for link in links))
    for key in modules:
        if judge.may(call.actor, key, "create").allowed:
            yield Choice(new_label(call, catalog.modules[key]), f"/app/{key}/new", "plus")
    for key in modules:
        plural = catalog.modules[key].plural.in_language(language)
        if len(catalog.filters[key]) > 1:
            for saved in catalog.filters[key].values():
                yield Choice(
                    saved.label.in_language(language), f"/app/{key}?filter={saved.key}", "filter", plural
                )
    with call.site.database.read() as connection:
        own = call.live.saved_filters.of(connection, call.actor, *modules)
    for mine in own:
        plural = catalog.modules[mine.module].plural.in_language(language)
        yield Choice(mine.name, f"/app/{mine.module}?filter={mine.key}", "filter", plural)
    yield Choice(call.translate("Home"), "/app", "home")
    yield Choice(call.translate("My profile"), "/profile", "user-circle")
    yield Choice(call.translate("Keyboard shortcuts"), "/profile/keyboard", "help-circle")
    yield Choice(call.translate("Background work"), "/operations", "hourglass")
    yield Choice(call.translate("API"), "/api", "api")
    if call.actor.admin:
        everybodys = call.translate("Administration")
        yield from (Choice(tab["label"], tab["href"], "settings", everybodys) for tab in tabs(call, ""))


def _fits(place: Choice, typed: str) -> bool:
    text = fold(f"{place.title} {place.note}")
    return all(word in text for word in fold(typed).split())
