"""Signing in and out, and the theme: what belongs to the browser's session."""

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import message
from runtime.identity.sessions import csrf_of
from runtime.identity.sign_in import Denied
from runtime.identity.tokens import new_token
from runtime.sites.people import change_profile
from runtime.web import shell
from runtime.web.door import COOKIE, Call, client_address
from runtime.web.errors import bad_request, forbidden
from runtime.web.origin import came_from, is_right_token, local_path
from runtime.web.pages.screen import Screen

FORM_COOKIE = "trellis_form"
"""A random cookie that the sign-in form's token is bound to, as there is no session yet."""


def show(screen: Screen, call: Call) -> Response:
    """The sign-in form."""
    if call.session is not None:
        return RedirectResponse(local_path(call.query("next")), 303)
    return _form(screen, call, call.query("next"))


def sign_in(screen: Screen, call: Call) -> Response:
    """Try the password; a fresh session is opened under a new token."""
    cookie = call.request.cookies.get(FORM_COOKIE)
    if cookie is None or not is_right_token(call.form.text("_csrf"), csrf_of(cookie)):
        raise forbidden(
            message("This form is too old, or was not made for you. Load the page anew, and try again.")
        )
    email = call.form.text("email").strip()
    outcome = call.live.identity.sign_in.attempt(
        call.site.database.write,
        email,
        call.form.text("password"),
        client_address(call.request),
        call.request.headers.get("user-agent", ""),
        before=call.request.cookies.get(COOKIE),
    )
    if isinstance(outcome, Denied):
        status = 429 if outcome.wait else 422
        sentence = outcome.message.render(call.translate, call.actor.language)
        response = _form(screen, call, call.form.text("next"), email, sentence, status)
        if outcome.wait:
            response.headers["retry-after"] = str(outcome.wait)
        return response
    response = RedirectResponse(local_path(call.form.text("next")), 303)
    _set(call, response, COOKIE, outcome.token)
    response.delete_cookie(FORM_COOKIE, path="/signin")
    return response


def sign_out(screen: Screen, call: Call) -> Response:
    """End the session, on the server too."""
    with call.site.database.write() as tx:
        call.live.identity.sessions.end(tx.connection, call.request.cookies[COOKIE])
    response = RedirectResponse("/signin", 303)
    response.delete_cookie(COOKIE, path="/")
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
    screen: Screen, call: Call, following: str, email: str = "", error: str = "", status: int = 200
) -> Response:
    cookie = call.request.cookies.get(FORM_COOKIE) or new_token()
    context = {
        "shell": shell.outside(call, csrf_of(cookie)),
        "signin": {"action": "/signin", "next": local_path(following), "email": email, "error": error},
    }
    response = screen.renderer.page("pages/signin.html", call.actor.language, context, status)
    _set(call, response, FORM_COOKIE, cookie, path="/signin")
    return response


def _set(call: Call, response: Response, name: str, value: str, path: str = "/") -> None:
    response.set_cookie(
        name, value, httponly=True, samesite="lax", secure=call.site.settings.secure, path=path
    )
