"""Forms for one who is not signed in: their tokens, and the cookies of signing in."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from runtime.base.messages import message
from runtime.identity.sessions import Opened, csrf_of
from runtime.identity.sign_in import Came
from runtime.identity.tokens import new_token
from runtime.web import shell
from runtime.web.door import Call, client_address, session_cookie, session_token
from runtime.web.errors import forbidden
from runtime.web.origin import is_right_token
from runtime.web.pages.screen import Screen

FORM_COOKIE = "trellis_form"
"""A random cookie that the forms' token is bound to, as there is no session yet."""
HALF_COOKIE = "trellis_half"
"""The token of a sign-in whose second step is still to come."""
PATH = "/signin"


def check_form(call: Call) -> None:
    """Refuse a form that this site has not made for this browser."""
    cookie = call.request.cookies.get(FORM_COOKIE)
    if cookie is None or not is_right_token(call.form.text("_csrf"), csrf_of(cookie)):
        raise forbidden(
            message("This form is too old, or was not made for you. Load the page anew, and try again.")
        )


def draw(
    screen: Screen, call: Call, template: str, context: Mapping[str, Any], status: int = 200
) -> Response:
    """A page without the shell, whose forms carry the token of this browser."""
    cookie = call.request.cookies.get(FORM_COOKIE) or new_token()
    whole = {"shell": shell.outside(call, csrf_of(cookie)), **context}
    response = screen.renderer.page(template, call.actor.language, whole, status)
    keep(call, response, FORM_COOKIE, cookie, PATH)
    return response


def keep(call: Call, response: Response, name: str, value: str, path: str = "/") -> None:
    """Set a cookie that no script reads and no other site's request carries."""
    response.set_cookie(
        name, value, httponly=True, samesite="lax", secure=call.site.settings.secure, path=path
    )


def came(call: Call) -> Came:
    """Where the browser comes from."""
    agent = call.request.headers.get("user-agent", "")
    return Came(client_address(call.request), agent, session_token(call.site, call.request))


def let_in(call: Call, response: Response, opened: Opened) -> Response:
    """Give the browser the session that was opened."""
    keep(call, response, session_cookie(call.site), opened.token)
    return response
