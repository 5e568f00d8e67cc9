"""Changes: every revision that was applied, what is going on right now, and what waits to be applied."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from runtime.base.messages import from_json, message, phrase
from runtime.change.revisions import Entry, history, rolled_back
from runtime.sites.changing import KIND
from runtime.storage.operations import FAILED
from runtime.web.admin.change_parts import Part, gravest, said
from runtime.web.admin.change_run import now_part, run_address
from runtime.web.admin.diagnostics import view_of
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.pages.screen import Screen

ADDRESS = "/admin/changes"
SIZE = 20
REMEMBERED = timedelta(days=1)
"""So long an attempt is told of that came to nothing."""
TOLD = 3
"""So many findings of the files are told here; the page of diagnostics has all."""


def show(screen: Screen, call: Call) -> Response:
    """The revisions, the newest first. htmx asks again for what is going on alone."""
    context: dict[str, Any] = {"now": now_part(call)}
    if call.is_partial and call.request.headers.get("hx-target", "").endswith("now"):
        context["shell"] = {"csrf": call.session.csrf if call.session is not None else ""}
        return screen.renderer.block("admin/changes.html", "now", call.actor.language, context)
    call.site.refresh()
    context |= {"changes": _changes(call), "admin_tabs": tabs(call, "changes")}
    return screen.draw(call, "admin/changes.html", context)


def _changes(call: Call) -> Part:
    before = call.query("before")
    last = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None
    with call.site.database.read() as connection:
        found = history(connection, SIZE + 1, last, call.site.database.schema)
        entries = found[:SIZE]
        back = rolled_back(connection, [each.number for each in entries])
    newest = last is None
    return {
        "rows": [_row(call, each, back, newest and each is found[0]) for each in entries],
        "pager": {
            "label": call.translate("Pages"),
            "text": "",
            "sizes": (),
            "prev": None if newest else ADDRESS,
            "next": f"{ADDRESS}?before={entries[-1].number}" if len(found) > SIZE else None,
        }
        if len(found) > SIZE or not newest
        else None,
        "behind": _behind(call),
        "failed": _failed(call, entries[0] if newest and entries else None),
        **_files(call),
    }


def _row(call: Call, entry: Entry, back: Mapping[int, int], is_newest: bool) -> Part:
    return {
        "number": entry.number,
        "href": f"{ADDRESS}/{entry.number}",
        "name": said(call, message("Revision {number}", number=entry.number)),
        "who": entry.applied_by or call.translate("The system"),
        "when": call.formats.datetime(entry.applied_at),
        "message": entry.message or "",
        "count": call.formats.integer(len(entry.steps)),
        "safety": gravest(call, entry.steps) if entry.steps else None,
        "back_to": said(call, message("Back to revision {number}", number=entry.back_to))
        if entry.back_to
        else "",
        "state": state_of(call, entry.number, back, is_newest),
    }


def state_of(call: Call, number: int, back: Mapping[int, int], is_newest: bool) -> Part | None:
    """What has become of a revision; nothing is to be said of one that a later one has followed."""
    if number == call.site.live.revision:
        return {"label": call.translate("Served"), "color": "green"}
    if is_newest:
        return {"label": call.translate("Applied, and not served here yet"), "color": "yellow"}
    if number in back:
        told = message("Rolled back by revision {number}", number=back[number])
        return {"label": said(call, told), "color": "orange"}
    return None


def _behind(call: Call) -> str:
    behind = call.site.behind
    if behind is None:
        return ""
    return call.translate(
        "Revision {newest} cannot be served by this process, which goes on with revision {live}: {why}"
    ).format(newest=behind.revision, live=call.site.live.revision, why=behind.why)


def _failed(call: Call, newest: Entry | None) -> Part | None:
    """The last attempt from the browser, where nothing came of it and nothing was applied since."""
    with call.site.database.read() as connection:
        last = call.site.background.operations.latest_of(connection, KIND)
    if last is None or last.state != FAILED or last.error is None or last.finished_at is None:
        return None
    is_old = call.site.clock.now() - last.finished_at > REMEMBERED
    if is_old or (newest is not None and newest.applied_at > last.finished_at):
        return None
    return {"text": said(call, from_json(last.error)), "href": run_address(last.id)}


def _files(call: Call) -> Part:
    """How the folder stands to what is served."""
    look = call.site.folder.look()
    if look is None:
        return {"pending": "", "broken": (), "folder": ""}
    found = [each for each in look.loaded.diagnostics if each.is_error] if look.is_broken else []
    return {
        "folder": str(look.pack),
        "pending": said(
            call,
            message(
                "The files differ from revision {number}, which is served.", number=call.site.live.revision
            ),
        )
        if look.differs
        else "",
        "broken": [view_of(each, look.loaded.sources) for each in found[:TOLD]],
    }


NO_FOLDER = phrase(
    "This server was started without a pack's folder: changes come with trellis apply, on the command line."
)
"""Why there is no plan."""
