"""My calendar: with whom a user shares what is planned, all of it at once, and how far."""

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import Message, message
from runtime.records.calendars import LEVELS
from runtime.records.sharing import MOST, FullError, share, unshare
from runtime.web.door import Call
from runtime.web.errors import bad_request, not_found
from runtime.web.pages.screen import Screen
from runtime.web.pages.share import drawn, whom_of
from runtime.web.sharing_words import OF_CALENDAR
from runtime.web.shell import flash

ADDRESS = "/profile/calendar"


def show(screen: Screen, call: Call) -> Response:
    """With whom it is shared."""
    _place(call)
    return _draw(screen, call)


def change(screen: Screen, call: Call) -> Response:
    """Share it with one more, or take it back from one."""
    place = _place(call)
    now, back = call.site.clock.now(), call.form.text("back")
    if back:
        with call.site.database.write() as tx:
            known = back.isascii() and back.isdigit() and len(back) < 19
            if not known or unshare(tx.connection, now, call.actor, place, int(back)) is None:
                raise not_found()
        return flash(RedirectResponse(ADDRESS, 303), "saved")
    level, whom = call.form.text("level"), whom_of(call)
    if level not in LEVELS:
        told = message("A calendar is shared to show the times, to be seen or to be changed.")
        raise bad_request(told, "level")
    if isinstance(whom, Message):
        return _draw(screen, call, whom)
    try:
        with call.site.database.write() as tx:
            share(tx.connection, now, call.actor, place, whom, level)
    except FullError:
        return _draw(screen, call, message("A calendar is shared with {most} at most.", most=MOST))
    return flash(RedirectResponse(ADDRESS, 303), "saved")


def _place(call: Call) -> tuple[str, int]:
    if call.actor.user_id is None or not call.live.catalog.access.has_calendars:
        raise not_found()
    return "users", call.actor.user_id


def _draw(screen: Screen, call: Call, error: Message | None = None) -> Response:
    shared = drawn(call, call.actor.user_id or 0, OF_CALENDAR, error)
    context = {"share": {"href": "", **shared}, "profile_tab": "calendar"}
    return screen.draw(call, "pages/my_calendar.html", context, status=422 if error else 200)
