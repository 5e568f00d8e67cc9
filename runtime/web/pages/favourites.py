"""Favourites: the star on a card, and the list of those that have one, for the menu."""

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import message
from runtime.records.favourites import MOST
from runtime.web.door import Call
from runtime.web.errors import bad_request
from runtime.web.pages.card import load
from runtime.web.pages.home import entries, favourites
from runtime.web.pages.screen import Screen, module_of, record_id
from runtime.web.views import record_address


def menu(screen: Screen, call: Call) -> Response:
    """The list that the menu opens; a page of its own without JavaScript."""
    context = {"favourites": entries(call, favourites(call))}
    if call.is_partial:
        return screen.renderer.block("pages/favourites.html", "items", call.actor.language, context)
    return screen.draw(call, "pages/favourites.html", context)


def star(screen: Screen, call: Call) -> Response:
    """Put a star on a record, or take it off; htmx is given the button alone."""
    module, number = module_of(call), record_id(call)
    wanted = call.form.text("star") == "yes"
    user_id = call.actor.user_id or 0
    load(call, module, number, (), deleted="any")
    with call.site.database.write() as tx:
        stars = call.live.favourites
        if not wanted:
            stars.remove(tx.connection, user_id, number)
        elif not stars.add(tx.connection, user_id, module.key, number):
            raise bad_request(
                message("You have {most} favourites already: take a star off another one first.", most=MOST)
            )
    if call.is_partial:
        context = {"star": view(module.key, number, wanted), "shell": {"csrf": _csrf(call)}}
        return screen.renderer.page("pages/parts/star.html", call.actor.language, context)
    return RedirectResponse(record_address(module.key, number), 303)


def view(module: str, number: int, starred: bool) -> dict[str, object]:
    """The star as its template draws it."""
    return {"action": f"{record_address(module, number)}/star", "starred": starred}


def _csrf(call: Call) -> str:
    return call.session.csrf if call.session is not None else ""
