"""Repeats: a POST with an ``Idempotency-Key`` is done once, however often it is sent."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

import orjson
from starlette.responses import Response

from runtime.base.messages import message
from runtime.storage.repeats import Repeats
from runtime.web.api.answers import MEDIA_TYPE
from runtime.web.api.endpoint import Call
from runtime.web.errors import RefusedError, bad_request

_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_KEPT = ("location", "etag")
"""The headers that are kept with an answer."""


def once(
    call: Call,
    work: Callable[[Any], Response],
    *,
    fingerprint: bytes | None = None,
    before: Callable[[], None] = lambda: None,
) -> Response:
    """Do the work in a transaction; where the request has a key, give the kept answer if it was done before.

    Only what was done is kept: a refusal changes nothing, and the same key may try again. ``fingerprint``
    tells two requests apart, and is the body's where it is not given; ``before`` is what must be done outside
    the transaction. Raises RefusedError: 409 while the same key is at work, 422 where it came with another
    request.
    """
    key = call.request.headers.get("idempotency-key")
    if key is None:
        before()
        with call.site.database.write() as tx:
            return work(tx)
    if not _KEY.fullmatch(key):
        raise bad_request(message("An Idempotency-Key has 1 to 200 printable characters."), "idempotency-key")
    user_id = call.actor.user_id or 0
    with call.in_flight.hold((user_id, key)) as free:
        if not free:
            sentence = message("A request with this Idempotency-Key is still at work.")
            raise RefusedError(409, "in_flight", sentence, at="idempotency-key")
        repeats = Repeats(call.live.tables, call.live.clock)
        digest = _digest(call, call.sent if fingerprint is None else fingerprint)
        with call.site.database.read() as connection:
            kept = repeats.find(connection, user_id, key)
        if kept is None:
            before()
            with call.site.database.write() as tx:
                kept = repeats.claim(tx.connection, user_id, key, digest)
                if kept is None:
                    response = work(tx)
                    repeats.keep(tx.connection, user_id, key, response.status_code, _pack(response))
                    return response
    if kept.fingerprint != digest:
        sentence = message("This Idempotency-Key was used for another request.")
        raise RefusedError(422, "key_reused", sentence, at="idempotency-key")
    return _unpack(kept.status, kept.body)


def _digest(call: Call, content: bytes) -> str:
    scope = call.request.scope
    address = f"{call.request.method} {scope['path']}?".encode() + scope["query_string"] + b"\n"
    return hashlib.sha256(address + hashlib.sha256(content).digest()).hexdigest()


def _pack(response: Response) -> bytes:
    headers = {name: response.headers[name] for name in _KEPT if name in response.headers}
    return orjson.dumps(headers) + b"\n" + bytes(response.body)


def _unpack(status: int, packed: bytes) -> Response:
    headers, _, body = packed.partition(b"\n")
    again = {**orjson.loads(headers), "idempotent-replayed": "true"}
    return Response(body, status, again, MEDIA_TYPE)
