"""Signing in and out, and the theme: what belongs to the browser's session."""

from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import message
from runtime.identity.half_sign_ins import Half
from runtime.identity.security_log import Who, note
from runtime.identity.sign_in import Denied
from runtime.sites.people import change_profile
from runtime.web import shell
from runtime.web.door import Call, session_cookie, session_token
from runtime.web.errors import bad_request
from runtime.web.origin import came_from, local_path
from runtime.web.pages.outside import FORM_COOKIE, HALF_COOKIE, PATH, came, check_form, draw, keep, let_in
from runtime.web.pages.screen import Screen


def show(screen: Screen, call: Call) -> Response:
    """The sign-in form."""
    if call.session is not None:
        return RedirectResponse(local_path(call.query("next")), 303)
    said = message("Your new password is set. Sign in with it.") if call.query("done") == "password" else None
    notice = said.render(call.translate, call.actor.language) if said is not None else ""
    return _form(screen, call, call.query("next"), notice=notice)


def sign_in(screen: Screen, call: Call) -> Response:
    """Try the password; a fresh session is opened under a new token, or the second step follows."""
    check_form(call)
    email = call.form.text("email").strip()
    where, following = came(call), call.form.text("next")
    outcome = call.live.identity.sign_in.attempt(
        call.site.database.write,
        email,
        call.form.text("password"),
        where.address,
        where.agent,
        before=where.before,
    )
    if isinstance(outcome, Denied):
        status = 429 if outcome.wait else 422
        sentence = outcome.message.render(call.translate, call.actor.language)
        response = _form(screen, call, following, email, sentence, status)
        if outcome.wait:
            response.headers["retry-after"] = str(outcome.wait)
        return response
    if isinstance(outcome, Half):
        response = RedirectResponse(f"{PATH}/code?next={quote(local_path(following))}", 303)
        keep(call, response, HALF_COOKIE, outcome.token, PATH)
        return response
    response = RedirectResponse(local_path(following), 303)
    let_in(call, response, outcome)
    response.delete_cookie(FORM_COOKIE, path=PATH)
    return response


def sign_out(screen: Screen, call: Call) -> Response:
    """End the session, on the server too."""
    with call.site.database.write() as tx:
        call.live.identity.sessions.end(tx.connection, session_token(call.site, call.request) or "")
        note(tx.connection, call.site.clock.now(), "signed_out", Who.of(call.actor))
    response = RedirectResponse(PATH, 303)
    response.delete_cookie(session_cookie(call.site), path="/", secure=call.site.settings.secure)
    response.headers["clear-site-data"] = '"cache"'
    return response


def theme(screen: Screen, call: Call) -> Response:
    """Remember the theme, as the reader's and in this browser."""
    chosen = call.form.text("theme")
    if chosen not in shell.THEMES:
        raise bad_request(message("A theme is light, dark or auto."), "theme")
    response = RedirectResponse(came_from(call.request.headers), 303)
    change_profile(call.site, call.live, call.actor, {"theme": chosen})
    shell.keep_theme(call, response, chosen)
    return response


def _form(
    screen: Screen,
    call: Call,
    following: str,
    email: str = "",
    error: str = "",
    status: int = 200,
    notice: str = "",
) -> Response:
    following = local_path(following)
    context = {
        "action": PATH,
        "next": following,
        "email": email,
        "error": error,
        "notice": notice,
        "forgotten": f"{PATH}/forgotten" if call.live.identity.resets.is_offered else None,
        "single": [
            {"title": each.title, "href": f"{PATH}/with/{each.name}?next={quote(following)}"}
            for each in call.site.workshop.providers.single.values()
        ],
    }
    return draw(screen, call, "pages/signin.html", {"signin": context}, status)
