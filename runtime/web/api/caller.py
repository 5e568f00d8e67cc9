"""Who calls: a program with an API key, or a person whose browser has signed in."""

import logging
import re
from dataclasses import replace

from starlette.requests import Request

from runtime.base.messages import Message, message
from runtime.identity.actor import Actor, Scope
from runtime.identity.api_keys import ApiKey
from runtime.sites.live import Live
from runtime.sites.site import Site
from runtime.storage.errors import StorageError
from runtime.web.door import ACTING, client_address, only_looks, session_token
from runtime.web.errors import RefusedError, forbidden
from runtime.web.origin import SAFE_METHODS, is_same_origin

DOOR = "rest"
_BEARER = re.compile(r"bearer +([\x21-\x7e]{1,200})", re.IGNORECASE)
log = logging.getLogger("trellis.web")


def identify(site: Site, live: Live, request: Request) -> Actor:
    """The actor of a request; raises RefusedError, 401 where nobody is known, 403 for a forged write.

    An ``Authorization`` header decides alone: one that does not hold is not made up for by a cookie.
    """
    given = request.headers.getlist("authorization")
    if given:
        found = _BEARER.fullmatch(given[0].strip()) if len(given) == 1 else None
        actor = _by_key(site, live, found[1]) if found is not None else None
        if actor is None:
            raise unauthorized(message("The API key is not known, was locked or revoked, or has run out."))
        return replace(actor, address=client_address(request))
    token = session_token(site, request)
    if token:
        actor = _by_session(site, live, request, token)
        if actor is not None:
            return actor
    raise unauthorized(message("Send an API key in the header Authorization, after the word Bearer."))


def unauthorized(sentence: Message) -> RefusedError:
    """Nobody that is known asks."""
    return RefusedError(401, "unauthorized", sentence)


def _by_key(site: Site, live: Live, text: str) -> Actor | None:
    identity = live.identity
    with site.database.read() as connection:
        found = identity.visitors.of_key(connection, text)
    if found is None:
        return None
    key, user = found
    if key.stale:
        try:
            with site.database.write() as tx:
                identity.api_keys.touch(tx.connection, key)
        except StorageError:  # when it was last used is worth no failed request
            log.warning("the last use of an API key could not be written down", exc_info=True)
    return replace(live.actor_of(user, DOOR), scope=_scope(live, key))


def _scope(live: Live, key: ApiKey) -> Scope | None:
    limits = key.limits
    if not limits.read_only and limits.modules is None:
        return None
    if limits.modules is None:
        return Scope(limits.read_only)
    tables = {live.tables.module(each).table.name: each for each in live.catalog.modules}
    return Scope(limits.read_only, tuple(tables[name] for name in limits.modules if name in tables))


def _by_session(site: Site, live: Live, request: Request, token: str) -> Actor | None:
    with site.database.read() as connection:
        found = live.identity.visitors.find(connection, token)
        guest = live.identity.visitors.contact(connection, token) if found is None else None
    if guest is not None:
        language, timezone = live.catalog.languages[0], live.catalog.timezone
        return replace(guest[1].actor(DOOR, language, timezone), address=client_address(request))
    if found is None:
        return None
    session, user = found
    if request.method not in SAFE_METHODS:
        headers = request.headers
        if not is_same_origin(headers) or not session.allows(headers.get("x-csrf-token", "")):
            raise forbidden(
                message(
                    "A browser's change must come from a page of this site, with its token in X-CSRF-Token."
                )
            )
        only_looks(session, str(request.scope["path"]))
    cause = None if session.by_id is None else f"{ACTING}{session.by_id}"
    actor = live.actor_of(user, DOOR)
    return replace(actor, by_id=session.by_id, address=client_address(request), cause=cause)
