"""Renewing: a session whose user may do other things than before goes on under another token."""

from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from runtime.identity.sessions import standing
from runtime.identity.tokens import fingerprint
from runtime.web.origin import SAFE_METHODS

if TYPE_CHECKING:
    from runtime.web.door import Call


def renew(call: "Call") -> None:
    """Give the session another token where its user's rights are others by now. What changes something is
    answered first: its form has the token that it was drawn with.
    """
    session, rights = call.session, standing(call.actor)
    if session is None or session.rights in ("", rights) or call.request.method not in SAFE_METHODS:
        return
    with call.site.database.write() as tx:
        opened = call.live.identity.sessions.outgrow(tx.connection, session, rights)
    if opened is not None:  # else another request of the same browser was faster, and has the token
        call.request.state.renewed = opened.token
        call.session = replace(session, key=fingerprint(opened.token), csrf=opened.csrf, rights=rights)


def renewed(request: Request) -> str | None:
    """The token that the request's session has got, if it has got another one."""
    return getattr(request.state, "renewed", None)


def hand_out(request: Request, response: Response, cookie: str, *, secure: bool) -> Response:
    """Give the browser the token with whatever it is answered."""
    token = renewed(request)
    if token is not None:
        response.set_cookie(cookie, token, httponly=True, samesite="lax", secure=secure, path="/")
    return response
