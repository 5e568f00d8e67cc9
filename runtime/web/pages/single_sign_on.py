"""Signing in through a provider's own page: there with a state, and back with a proof."""

import json
import logging
from urllib.parse import quote, unquote

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import message
from runtime.identity.half_sign_ins import Half
from runtime.identity.providers.base import ProviderError, SingleSignOn
from runtime.identity.sessions import Opened
from runtime.identity.sign_in import Denied, Unit
from runtime.identity.tokens import new_token, same
from runtime.web.door import Call
from runtime.web.errors import forbidden, not_found
from runtime.web.origin import local_path
from runtime.web.pages.outside import HALF_COOKIE, PATH, came, keep, let_in
from runtime.web.pages.screen import Screen

STATE_COOKIE = "trellis_state"
log = logging.getLogger("trellis.identity")


def begin(screen: Screen, call: Call) -> Response:
    """Send the browser to the provider's page."""
    provider, state = _provider(call), new_token()
    kept = json.dumps({"state": state, "next": local_path(call.query("next"))})
    try:
        response = RedirectResponse(provider.begin(state, _back(call, provider)), 303)
    except ProviderError as error:
        log.warning("%s does not answer: %s", provider.name, error)
        raise forbidden(message("{name} does not answer. Try again later.", name=provider.title)) from None
    keep(call, response, STATE_COOKIE, quote(kept), f"{PATH}/with")
    return response


def finish(screen: Screen, call: Call) -> Response:
    """Take the browser that comes back. Where it goes on to was checked at the start, and is again here."""
    provider = _provider(call)
    try:
        kept = json.loads(unquote(call.request.cookies.get(STATE_COOKIE, "")))
        state, following = str(kept["state"]), local_path(str(kept["next"]))
    except (ValueError, KeyError, TypeError):
        state, following = "", "/app"
    if not state or not same(state, call.query("state")):
        raise forbidden(message("This sign-in was not begun in this browser. Begin again."))
    try:
        email = provider.finish(dict(call.request.query_params), state, _back(call, provider))
    except ProviderError as error:
        log.warning("%s does not answer: %s", provider.name, error)
        email = None
    if email is None:
        raise forbidden(message("{name} did not say who you are. Begin again.", name=provider.title))
    with call.site.database.write() as tx:
        outcome = _proved(call, tx, provider, email)
    if isinstance(outcome, Denied):
        raise forbidden(outcome.message)
    if isinstance(outcome, Half):
        response = RedirectResponse(f"{PATH}/code?next={quote(following)}", 303)
        keep(call, response, HALF_COOKIE, outcome.token, PATH)
    else:
        response = RedirectResponse(following, 303)
        let_in(call, response, outcome)
    response.delete_cookie(STATE_COOKIE, path=f"{PATH}/with")
    return response


def _proved(call: Call, tx: Unit, provider: SingleSignOn, email: str) -> Opened | Half | Denied:
    sign_in, where = call.live.identity.sign_in, came(call)
    if provider.contacts is not None:
        return sign_in.prove_contact(tx, provider.contacts, email, where, provider.name)
    return sign_in.prove(tx, email, where, provider.name)


def _provider(call: Call) -> SingleSignOn:
    found = call.site.workshop.providers.single.get(call.path("provider"))
    if found is None:
        raise not_found()
    return found


def _back(call: Call, provider: SingleSignOn) -> str:
    return f"{call.site.settings.url}{PATH}/with/{provider.name}/back"
