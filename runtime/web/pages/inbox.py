"""The inbox: what the CRM has told the reader, and the number on the bell."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import from_json, message
from runtime.records.recent import places
from runtime.storage.inbox import COUNTED, Inbox, Notification
from runtime.web.door import Call
from runtime.web.pages.screen import Screen
from runtime.web.views import record_address

ADDRESS = "/notifications"
SIZE = 50
NAMED = "title"
"""By this the program's own sentences name a record; what a workflow says are its author's words."""
UNSEEN = message("This was about a record that you may not see.")


def show(screen: Screen, call: Call) -> Response:
    """The newest words, the unread ones marked."""
    before = call.query("before")
    inbox = Inbox(call.site.clock)
    with call.site.database.read() as connection:
        found = inbox.latest(connection, _reader(call), SIZE + 1, int(before) if _is_number(before) else None)
        titles = _titles(call, connection, found[:SIZE])
    rows = [_row(call, each, titles) for each in found[:SIZE]]
    context = {
        "inbox": {
            "rows": rows,
            "newest": found[0].id if any(row["fresh"] for row in rows) else None,
            "more": f"{ADDRESS}?before={found[SIZE - 1].id}" if len(found) > SIZE else None,
        }
    }
    return screen.draw(call, "pages/inbox.html", context)


def bell(screen: Screen, call: Call) -> Response:
    """The bell of every page, with how many words are unread."""
    with call.site.database.read() as connection:
        unread = Inbox(call.site.clock).unread(connection, _reader(call))
    if not call.is_partial:
        return RedirectResponse(ADDRESS, 303)
    context = {"unread": unread, "shown": f"{COUNTED}+" if unread > COUNTED else str(unread)}
    return screen.renderer.page("pages/parts/bell.html", call.actor.language, context)


def read(screen: Screen, call: Call) -> Response:
    """All that was shown is read."""
    up_to = call.form.text("up_to")
    if _is_number(up_to):
        with call.site.database.write() as tx:
            Inbox(call.site.clock).read(tx, _reader(call), int(up_to))
    return RedirectResponse(ADDRESS, 303)


def _reader(call: Call) -> int:
    return call.actor.user_id or 0


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _titles(call: Call, connection: Any, found: Sequence[Notification]) -> dict[int, tuple[str, str]]:
    """The records that the words are about and that the reader may see: where they are, and their titles."""
    named = [(each.about, each.record_id) for each in found if each.about and each.record_id]
    refs = call.live.refs.several(connection, places(call.live.tables, named), call.actor, call.moment)
    return {ref.id: (record_address(ref.module, ref.id), ref.title) for ref in refs}


def _row(call: Call, each: Notification, titles: dict[int, tuple[str, str]]) -> dict[str, Any]:
    address, title = titles.get(each.record_id or 0, ("", ""))
    said = from_json(each.text)
    if each.about and not title and NAMED in said.parameters:
        said = UNSEEN  # what it was called then, and what was noted on it, is told no more
    return {
        "text": said.render(call.translate, call.actor.language),
        "href": each.address or address,
        "title": title,
        "when": call.formats.datetime(each.created_at),
        "fresh": each.read_at is None,
    }
