"""The mail that goes out: what waits, was sent, or failed and why; whom it may come from, and how fast."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import Message, message, phrase
from runtime.base.sealing import SealError
from runtime.channels.mail import Content
from runtime.identity.letters import CHANGED, INVITE, PIN, RESET
from runtime.identity.security_log import Who, note
from runtime.sites.guarding import hold_mail
from runtime.sites.sending import add_sender, forget_sender
from runtime.storage.mails import (
    CANCELLED,
    FAILED,
    HELD,
    LATE,
    REPEATABLE,
    SENDING,
    SENT,
    UNWANTED,
    WAITING,
    StoredMail,
)
from runtime.storage.senders import Senders
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.framed import framed
from runtime.web.pages.screen import Screen, record_id
from runtime.web.shell import flash

ADDRESS = "/admin/mail"
SIZE = 50
FASTEST = 10_000
STATES = {
    WAITING: (phrase("Waiting"), "blue"),
    SENDING: (phrase("Being sent"), "blue"),
    HELD: (phrase("Held"), "orange"),
    SENT: (phrase("Sent"), "green"),
    FAILED: (phrase("Failed"), "red"),
    LATE: (phrase("Too late"), "gray"),
    CANCELLED: (phrase("Cancelled"), "gray"),
    UNWANTED: (phrase("Not wanted"), "gray"),
}
"""What a state is called in English, and its colour."""
OPEN_KINDS = ("workflow", "notice", "digest", "mailing")
"""The kinds of mail whose words administrators may read: codes and links stand in all others."""

KINDS: Mapping[str, str] = {
    "approval": phrase("A request for approval"),
    CHANGED: phrase("Word of a changed password"),
    INVITE: phrase("An invitation"),
    PIN: phrase("A code to sign in with"),
    RESET: phrase("A link to a new password"),
    "sender": phrase("Whether mail may come from there"),
}
"""What stands in the place of a subject that only its recipient reads, in English."""


def show(screen: Screen, call: Call) -> Response:
    """The queue, the newest first, in a state or to an address where the address names them."""
    return _draw(screen, call, {})


def change(screen: Screen, call: Call) -> Response:
    """Hold the mail or let it go, say how fast it leaves, or who it may come from."""
    match call.form.text("do"):
        case "hold" | "go" as do:
            reason = hold_mail(call.site, call.actor, held=do == "hold")
            if reason is not None:
                return _draw(screen, call, {"mail": reason})
        case "pace":
            reason = _set_pace(call)
            if reason is not None:
                return _draw(screen, call, {"pace": reason})
        case "add_sender":
            address, name = call.form.text("address").strip(), call.form.text("name")
            reason = add_sender(call.site, call.actor, address, name)
            if reason is not None:
                return _draw(screen, call, {"sender": reason})
        case "forget_sender":
            if not forget_sender(call.site, call.actor, call.form.text("address")):
                raise not_found()
        case _:
            raise not_found()
    return flash(RedirectResponse(ADDRESS, 303), "saved")


def show_one(screen: Screen, call: Call) -> Response:
    """One mail: what it says, what became of it, and what to do about it."""
    mail = _mail(call)
    content = _content(call, mail)
    context = {
        "mail": {
            **_row(call, mail),
            "subject": mail.subject if content is not None or mail.kind in OPEN_KINDS else "",
            "sender": mail.sender or call.site.post.sender,
            "message_id": mail.message_id,
            "tries": call.formats.integer(mail.tries),
            "next": call.formats.datetime(mail.next_at) if mail.state == WAITING else "",
            "ended": call.formats.datetime(mail.ended_at) if mail.ended_at else "",
            "text": content.text if content is not None else None,
            "html": f"{ADDRESS}/{mail.id}/html" if content is not None and content.html else None,
            "files": len(content.files) if content is not None else 0,
            "is_open": mail.kind in OPEN_KINDS,
        },
        "admin_tabs": tabs(call, "mail"),
    }
    return screen.draw(call, "admin/mail_one.html", context)


def show_html(screen: Screen, call: Call) -> Response:
    """What a mail says as HTML, for a frame."""
    content = _content(call, _mail(call))
    if content is None or not content.html:
        raise not_found()
    return framed(content.html)


def again(screen: Screen, call: Call) -> Response:
    """Send one that was given up or cancelled."""
    mail = _mail(call)
    with call.site.database.write() as tx:
        if not call.site.post.retry(tx, mail.id):
            raise not_found()
    return flash(RedirectResponse(f"{ADDRESS}/{mail.id}", 303), "saved")


def cancel(screen: Screen, call: Call) -> Response:
    """Let one that has not left stay."""
    mail = _mail(call)
    with call.site.database.write() as tx:
        if not call.site.post.mails.cancel(tx, mail.id):
            raise not_found()
    return flash(RedirectResponse(f"{ADDRESS}/{mail.id}", 303), "saved")


def _set_pace(call: Call) -> Message | None:
    text = call.form.text("per_minute").strip() or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) <= FASTEST):
        return message("This is a number from {least} to {most}.", least=0, most=FASTEST)
    with call.site.database.write() as tx:
        call.site.post.mails.set_pace(tx, call.actor.user_id, int(text))
        now, who = call.site.clock.now(), Who.of(call.actor)
        note(tx.connection, now, "settings_changed", who, f"mails a minute: {int(text)}")
    return None


def _mail(call: Call) -> StoredMail:
    with call.site.database.read() as connection:
        found = call.site.post.mails.find(connection, [record_id(call)])
    if not found:
        raise not_found()
    return found[0]


def _content(call: Call, mail: StoredMail) -> Content | None:
    """What a mail says, where administrators may read it and it is still kept."""
    if mail.kind not in OPEN_KINDS:
        return None
    try:
        return call.site.post.read(mail)
    except SealError:
        return None


def _draw(screen: Screen, call: Call, errors: dict[str, Message]) -> Response:
    state, to = call.query("state"), call.query("to").strip()[:254]
    state = state if state in STATES else ""
    before = call.query("before")
    from_id = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    post = call.site.post
    with call.site.database.read() as connection:
        mails = post.mails.latest(connection, SIZE + 1, from_id, state, to)
        counts, held = post.mails.counts(connection), post.mails.is_held(connection)
        pace, senders = post.mails.pace(connection), Senders(call.site.clock).all(connection)
    language = call.actor.language
    kept = {"state": state, "to": to}
    more = urlencode({**kept, "before": mails[SIZE - 1].id}) if len(mails) > SIZE else ""
    context = {
        "post": {
            "is_set_up": post.server is not None,
            "sender": post.sender,
            "held": held,
            "pace": call.form.text("per_minute") if "pace" in errors else str(pace or ""),
            "fastest": FASTEST,
            "errors": {
                key: errors[key].render(call.translate, language) if key in errors else ""
                for key in ("mail", "pace", "sender")
            },
            "senders": senders,
            "address": call.form.text("address") if "sender" in errors else "",
            "states": [
                (key, call.translate(label), call.formats.integer(counts.get(key, 0)))
                for key, (label, _) in STATES.items()
            ],
            "wanted": kept,
            "rows": [_row(call, each) for each in mails[:SIZE]],
            "more": f"{ADDRESS}?{more}" if more else None,
        },
        "admin_tabs": tabs(call, "mail"),
    }
    return screen.draw(call, "admin/mail.html", context, status=422 if errors else 200)


def _row(call: Call, mail: StoredMail) -> dict[str, Any]:
    name, color = STATES.get(mail.state, (mail.state, "gray"))
    return {
        "href": f"{ADDRESS}/{mail.id}",
        "recipient": mail.recipient,
        # Codes stand in subjects: what is still of use is read by its recipient alone.
        "subject": mail.subject if mail.kind in OPEN_KINDS else "",
        "kind": call.translate(KINDS.get(mail.kind, mail.kind)),
        "when": call.formats.datetime(mail.created_at),
        "state": call.translate(name),
        "color": color,
        "error": mail.error or "",
        "may_repeat": mail.state in REPEATABLE and mail.content is not None,
        "may_cancel": mail.state in (WAITING, HELD),
    }
