"""What stands before every handler: trusted hosts, size and time limits, and the headers that keep a page
safe.
"""

import asyncio
import secrets
import time
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

EDITOR_STYLES = (
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' "
    "'sha256-c5Z9aB2t69CSpeI1aC8dDLr7LZYZlynV8iY/8Uc9ZFk=' "
    "'sha256-jAP18ioNeNaQBBU5RJvT96kjJnVxHvZs+s8WUNiLnvA='"
)
"""The style elements that Trix 2.1.19 makes for itself, by their digests: empty first, then these texts."""

CONTENT_SECURITY_POLICY = (
    f"default-src 'self'; script-src 'self'; style-src 'self' {EDITOR_STYLES}; "
    "img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = (
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
)
VARY = "HX-Request, HX-Request-Type"
"""What a page's answer differs by, beside its address."""
_HEADERS = tuple((name.encode(), value.encode()) for name, value in (*HEADERS, ("cache-control", "no-store")))
RECEIVE_SECONDS = 30.0
"""How long a client may take to send its whole request."""


class Guard:
    """Pure ASGI: refuses foreign hosts and bodies too large or too slow, and sets the safety headers."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Iterable[str] = (),
        body_bytes: int = 1 << 20,
        upload_bytes: int = 25 << 20,
    ) -> None:
        self.app = app
        self.hosts = frozenset(hosts)
        self.body_bytes = body_bytes
        self.upload_bytes = upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on with its limits."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})["request_id"] = secrets.token_hex(8)
        started = False

        async def send_safely(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                add_headers(message, scope["state"]["request_id"])
            await send(message)

        headers = Headers(scope=scope)
        refusal = self._refusal(headers)
        if refusal is not None:
            await refusal(scope, receive, send_safely)
            return
        limit = (
            self.upload_bytes if headers.get("content-type", "").startswith("multipart/") else self.body_bytes
        )
        try:
            await self.app(scope, _limited(receive, limit), send_safely)
        except BodyRefusedError as refused:
            if not started:
                await PlainTextResponse(refused.sentence, refused.status)(scope, receive, send_safely)

    def _refusal(self, headers: Headers) -> PlainTextResponse | None:
        host = headers.getlist("host")
        if len(host) != 1:
            return PlainTextResponse("A request names exactly one host.", 400)
        name = host[0].rsplit(":", 1)[0].strip("[]").lower()
        if self.hosts and name not in self.hosts:
            return PlainTextResponse("This host is not one of the site's. TRELLIS_HOSTS lists them.", 400)
        return None


class BodyRefusedError(Exception):
    """A request body that is larger or slower than allowed."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def add_headers(message: Message, request_id: str) -> None:
    """Set the safety headers on the start of an answer; what a handler set itself stays."""
    given: list[tuple[bytes, bytes]] = list(message.get("headers", ()))
    names = {name for name, _ in given}
    given.extend(header for header in _HEADERS if header[0] not in names)
    given.append((b"x-request-id", request_id.encode()))
    message["headers"] = given
    if b"vary" in names:
        MutableHeaders(scope=message).add_vary_header(VARY)
    else:
        given.append((b"vary", VARY.encode()))


def _limited(receive: Receive, limit: int) -> Receive:
    """The same messages, refused when they grow past ``limit`` bytes or take too long."""
    total = 0
    done = False
    deadline = time.monotonic() + RECEIVE_SECONDS

    async def receive_within_limits() -> Message:
        nonlocal total, done
        if done:
            return await receive()
        try:
            async with asyncio.timeout(max(deadline - time.monotonic(), 0.001)):
                message = await receive()
        except TimeoutError:
            raise BodyRefusedError(408, "The request took too long to arrive.") from None
        if message["type"] == "http.request":
            total += len(message.get("body", b""))
            done = not message.get("more_body", False)
            if total > limit:
                raise BodyRefusedError(413, f"The request is larger than {limit >> 20} MiB.")
        return message

    return receive_within_limits
