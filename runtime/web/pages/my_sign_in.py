"""My sign-in: the second step, and the browsers that are signed in."""

from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import Message, message
from runtime.identity import totp
from runtime.identity.changing import ACTING
from runtime.identity.second_factor import APP, MAIL
from runtime.identity.second_step import NO_CODE
from runtime.identity.security_log import Who, note
from runtime.identity.sessions import Session, Shown
from runtime.sites import second_factors
from runtime.web.browsers import browser_name
from runtime.web.door import Call, client_address
from runtime.web.errors import bad_request, forbidden
from runtime.web.pages.screen import Screen
from runtime.web.qr_code import qr_code
from runtime.web.shell import flash

PATH = "/profile/sign-in"


def show(screen: Screen, call: Call) -> Response:
    """Both, as they stand."""
    return _draw(screen, call)


def change(screen: Screen, call: Call) -> Response:
    """Set the second step up, or take it away: for one who types the password."""
    own_session(call)
    denied = proved(call)
    if denied is not None:
        return _draw(screen, call, error=denied, status=422)
    do = call.form.text("do")
    if do == "app":
        secret = second_factors.begin_app(call.site, call.actor)
        return _draw(screen, call) if secret is None else _draw(screen, call, secret=secret)
    if do == "mail" and call.live.identity.letters.can_send:
        second_factors.use_mail(call.site, call.actor)
    elif do == "codes":
        codes = second_factors.new_codes(call.site, call.actor)
        if codes is not None:
            return _codes(screen, call, codes)
    elif do == "off":
        second_factors.turn_off(call.site, call.actor, call.actor.user_id or 0)
    else:
        raise bad_request(message("A second step is an app, or a code by mail."), "do")
    return flash(RedirectResponse(PATH, 303), "saved")


def confirm(screen: Screen, call: Call) -> Response:
    """Take the app's first code, and show the recovery codes once."""
    own_session(call)
    codes = second_factors.confirm_app(call.site, call.actor, call.form.text("code"))
    if codes is not None:
        return _codes(screen, call, codes)
    secret = second_factors.begin_app(call.site, call.actor)
    if secret is None:
        return RedirectResponse(PATH, 303)
    return _draw(screen, call, secret=secret, wrong=NO_CODE, status=422)


def end_session(screen: Screen, call: Call) -> Response:
    """Sign one of the browsers out, or all but this one."""
    here = own_session(call)
    sessions, handle = call.live.identity.sessions, call.form.text("session")
    user_id = call.actor.user_id or 0
    with call.site.database.write() as tx:
        if handle == "others":
            ended = sessions.end_all(tx.connection, user_id, but=here)
        else:
            ended = int(sessions.end_one(tx.connection, user_id, handle))
        if ended:
            who = Who.of(call.actor)
            note(tx.connection, call.site.clock.now(), "session_ended", who, count=ended)
    return flash(RedirectResponse(PATH, 303), "signed_out" if ended else "unchanged")


def own_session(call: Call) -> Session:
    """The session of the user in person; who only acts as them is refused."""
    assert call.session is not None
    if call.session.by_id is not None:
        raise forbidden(ACTING)
    return call.session


def proved(call: Call) -> Message | None:
    """Why the password that was typed proves nothing; None where it is the user's."""
    assert call.session is not None
    denied = call.live.identity.password_change.prove(
        call.site.database.write, call.session, call.form.text("password"), client_address(call.request)
    )
    return denied.message if denied is not None else None


def _draw(
    screen: Screen,
    call: Call,
    *,
    secret: str = "",
    error: Message | None = None,
    wrong: Message | None = None,
    status: int = 200,
) -> Response:
    identity, user_id = call.live.identity, call.actor.user_id or 0
    with call.site.database.read() as connection:
        kind = identity.factors.kind_of(connection, user_id)
        left = identity.factors.codes_left(connection, user_id) if kind == APP else 0
        sessions = identity.sessions.of(connection, user_id, call.session)
    rules = call.site.rules.now
    context = {
        "mine": {
            "is_acting": call.session is not None and call.session.by_id is not None,
            "kind": kind,
            "by_mail": kind == MAIL,
            "left": left,
            "demanded": kind is None and identity.sign_in.demands_factor(call.actor),
            "can_mail": identity.letters.can_send,
            "secret": secret,
            "qr": _qr(call, secret) if secret else "",
            "error": _said(call, error),
            "wrong": _said(call, wrong),
            "sessions": [_session(call, each) for each in sessions],
            "idle": rules.idle_hours,
            "days": rules.longest_days,
        },
        "profile_tab": "sign-in",
    }
    return screen.draw(call, "pages/my_sign_in.html", context, status=status)


def _codes(screen: Screen, call: Call, codes: tuple[str, ...]) -> Response:
    context = {"codes": codes, "back": PATH, "profile_tab": "sign-in"}
    return screen.draw(call, "pages/my_codes.html", context)


def _session(call: Call, shown: Shown) -> dict[str, Any]:
    write = call.formats.datetime
    return {
        "handle": shown.handle,
        "name": browser_name(shown.agent) or call.translate("Unknown browser"),
        "address": shown.address,
        "since": write(shown.created_at),
        "seen": write(shown.last_seen_at),
        "is_here": shown.is_here,
        "acted": shown.by_id is not None,
    }


def _qr(call: Call, secret: str) -> str:
    title = call.live.catalog.title.in_language(call.actor.language)
    return qr_code(totp.address(secret, title, call.actor.email))


def _said(call: Call, said: Message | None) -> str:
    return said.render(call.translate, call.actor.language) if said is not None else ""
