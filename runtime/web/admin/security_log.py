"""The security log: who came in or was refused, who changed rights, who took data out; the newest first."""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from runtime.identity.log_reading import Entry, Wanted, latest
from runtime.identity.security_log import KINDS, Place
from runtime.web.admin.log_words import Words
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.pages.screen import Screen

SIZE = 50
COLORS = {
    "sign_in_refused": "orange",
    "sign_in_braked": "red",
    "factor_refused": "orange",
    "address_refused": "orange",
    "refused": "orange",
    "acting_began": "purple",
    "acting_ended": "purple",
}
"""Those that somebody looks for have a colour; the others are gray."""


def show(screen: Screen, call: Call) -> Response:
    """A page of the log, of one kind, one user or one time where that is asked for."""
    with call.site.database.read() as connection:
        typed = call.query("user").strip()
        user = call.live.identity.users.by_email(connection, typed) if typed else None
        wanted = _wanted(call, user.id if user is not None else None)
        nobody = bool(typed) and user is None
        found = [] if nobody else latest(connection, wanted, SIZE + 1)
        end = call.site.security_log.head(connection)
        by = {entry.by_id for entry in found if entry.by_id is not None}
        words = Words(call, connection, found[:SIZE])
        names = call.live.reader.titles(connection, "users", sorted(by)) if by else {}
    last = found[SIZE - 1].id if len(found) > SIZE else None
    context = {
        "log": {
            "rows": [_row(call, words, entry, names.get(entry.by_id or 0, "")) for entry in found[:SIZE]],
            "asked": {key: call.query(key).strip() for key in ("kind", "user", "since", "until")},
            "kinds": [(key, call.translate(name)) for key, name in KINDS.items()],
            "nobody": nobody,
            "older": _address(call, str(last)) if last is not None else None,
            "newest": _address(call, "") if wanted.before is not None else None,
            "end": _said(end),
        },
        "admin_tabs": tabs(call, "log"),
    }
    return screen.draw(call, "admin/security_log.html", context)


def _wanted(call: Call, user_id: int | None) -> Wanted:
    kind, before = call.query("kind"), call.query("before")
    since, until = _day(call, "since"), _day(call, "until")
    return Wanted(
        kind if kind in KINDS else "",
        user_id,
        since,
        until + timedelta(days=1) if until is not None else None,
        int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
    )


def _day(call: Call, name: str) -> datetime | None:
    """Where a day begins in the reader's time zone; None for what is no day."""
    try:
        day = date.fromisoformat(call.query(name).strip())
    except ValueError:
        return None
    return datetime.combine(day, time(), call.zone) if date(1970, 1, 2) < day < date(9999, 1, 1) else None


def _address(call: Call, before: str) -> str:
    kept = {key: call.query(key) for key in ("kind", "user", "since", "until") if call.query(key)}
    asked = urlencode({**kept, "before": before} if before else kept)
    return "/admin/security-log" + (f"?{asked}" if asked else "")


def _row(call: Call, words: Words, entry: Entry, behind: str) -> dict[str, Any]:
    return {
        "number": entry.number,
        "when": call.formats.datetime(entry.at),
        "kind": call.translate(KINDS.get(entry.kind, entry.kind)),
        "color": COLORS.get(entry.kind, "gray"),
        "who": entry.who or call.translate("Unknown"),
        "href": f"/app/users/{entry.user_id}" if entry.user_id is not None else None,
        "behind": behind if entry.by_id != entry.user_id else "",
        "address": entry.address,
        "about": words.about(entry),
        "about_href": words.link(entry.about),
        "data": words.data(entry),
    }


def _said(end: Place) -> str:
    return f"{end.number}:{end.mark}" if end.number else ""
