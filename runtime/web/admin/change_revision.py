"""One revision: why it was applied and by whom, its steps, what it changed for people, and its texts."""

from datetime import datetime
from typing import Any

from starlette.responses import Response

from runtime.base.messages import message
from runtime.change.differing import FileDifference, differing
from runtime.change.journal import changes as journal_of
from runtime.change.remains import Remain, remains_of
from runtime.change.revisions import Entry, history, latest_number, open_applied, read_revision, rolled_back
from runtime.storage.inspect import inspect
from runtime.storage.limited import TooLongError, limited
from runtime.web.admin.change_parts import (
    Part,
    difference_part,
    file_part,
    gravest,
    said,
    step_part,
    told_part,
)
from runtime.web.admin.changes import ADDRESS, state_of
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.pages.screen import Screen, record_id

SECONDS = 3.0
"""So long may the database count what is kept."""


def show(screen: Screen, call: Call) -> Response:
    """A revision."""
    call.site.refresh()
    entry, newest = _entry(call)
    with call.site.database.read() as connection:
        back = rolled_back(connection, [entry.number])
        phases = next((each for each in journal_of(connection) if each.revision == entry.number), None)
    number = entry.number
    told = call.site.past.told(number) if number > 1 else {}
    context: dict[str, Any] = {
        "revision": {
            "number": number,
            "title": said(call, message("Revision {number}", number=number)),
            "pack": f"{entry.title} {entry.version}",
            "who": entry.applied_by or call.translate("The system"),
            "when": call.formats.datetime(entry.applied_at),
            "message": entry.message or "",
            "state": state_of(call, number, back, number == newest),
            "safety": gravest(call, entry.steps) if entry.steps else None,
            "steps": [step_part(call, step) for step in entry.steps],
            "phases": _phases(call, phases.started_at) if phases is not None else "",
            "told": told_part(call, told or {}),
            "unreadable": told is None,
            "first": number == 1,
            "difference": difference_part(call, _files(call, number), f"{ADDRESS}/{number}/file"),
            "kept": _kept(call, number),
            "rollback": f"{ADDRESS}/{number}/rollback" if number < newest else None,
        },
        "admin_tabs": tabs(call, "changes"),
    }
    return screen.draw(call, "admin/change_revision.html", context)


def file(screen: Screen, call: Call) -> Response:
    """The whole difference of one file of a revision."""
    entry, _ = _entry(call)
    name = call.query("name")
    found = next((each for each in _files(call, entry.number) if each.name == name), None)
    if found is None:
        raise not_found()
    context = {
        "file": file_part(call, found)
        | {
            "revision": said(call, message("Revision {number}", number=entry.number)),
            "href": f"{ADDRESS}/{entry.number}",
        },
        "admin_tabs": tabs(call, "changes"),
    }
    return screen.draw(call, "admin/change_file.html", context)


def kept(screen: Screen, call: Call) -> Response:
    """Everything that is left of earlier revisions, and until when."""
    context = {"kept": _kept(call, None), "admin_tabs": tabs(call, "changes")}
    return screen.draw(call, "admin/change_kept.html", context)


def _phases(call: Call, since: datetime) -> str:
    began = call.formats.datetime(since)
    return said(
        call, message("It went by phases, from {began} on, while people went on working.", began=began)
    )


def _entry(call: Call) -> tuple[Entry, int]:
    """The revision that the address names, and the number of the newest."""
    number = record_id(call)
    with call.site.database.read() as connection:
        newest = latest_number(connection)
        if not 1 <= number <= newest:
            raise not_found()
        found = history(connection, 1, number + 1, call.site.database.schema)
    if not found or found[0].number != number:
        raise not_found()
    return found[0], newest


def _files(call: Call, number: int) -> list[FileDifference]:
    with call.site.database.read() as connection:
        before = read_revision(connection, number - 1).layers if number > 1 else ()
        return differing(before, read_revision(connection, number).layers)


def _kept(call: Call, since: int | None) -> Part:
    """What is left of earlier revisions: everything, or only what a revision has left behind."""
    database = call.site.database
    try:
        with database.read() as connection, limited(connection, SECONDS):
            now = open_applied(connection, database.schema)
            found = [] if now is None else remains_of(connection, now, inspect(connection, database.schema))
    except TooLongError:
        return {"rows": (), "late": True}
    rows = [_remain(call, each) for each in found if since in (None, each.since)]
    return {"rows": rows, "late": False}


def _remain(call: Call, each: Remain) -> Part:
    return {
        "name": each.name,
        "what": each.what,
        "since": each.since,
        "href": f"{ADDRESS}/{each.since}",
        "rows": call.formats.integer(each.rows),
        "size": said(call, message("{n} KiB", n=call.formats.integer(each.size // 1024)))
        if each.size is not None
        else "",
        "until": call.formats.date(each.until.astimezone(call.zone).date()) if each.until is not None else "",
    }
