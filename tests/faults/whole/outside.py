"""Outside: what workflows call and mail to, on loopback. It is slow, so that kills come in the midst;
now and then it is out of order; and it keeps everything that it hears.
"""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from zlib import crc32

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.mail import free_port

SLOW = {"call": 0.03, "hook": 0.08, "mail": 0.08}
"""Seconds before an answer."""
BROKEN_EVERY = 15
"""Of so many subjects one is answered 503 when it is told of first."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One call or mail: what it was about, the key it came under, and what it said."""

    subject: str
    key: str
    said: str
    taken: bool


@dataclass
class Outside:
    """What was heard by the address that steps call, by the webhook's, and by the mail server."""

    url: str = ""
    mail: str = ""
    heard: dict[str, list[Heard]] = field(default_factory=lambda: {"call": [], "hook": [], "mail": []})
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _known: set[tuple[str, str]] = field(default_factory=set)

    @property
    def host(self) -> str:
        """Host and port, for ``TRELLIS_INSIDE``."""
        return self.url.removeprefix("http://")

    def hear(self, kind: str, subject: str, key: str, said: str) -> bool:
        """Keep what came; says whether it is taken."""
        with self._lock:
            is_new = (kind, subject) not in self._known
            self._known.add((kind, subject))
            taken = kind != "call" or not is_new or crc32(subject.encode()) % BROKEN_EVERY > 0
            self.heard[kind].append(Heard(subject, key, said, taken))
        return taken


class _Handler(BaseHTTPRequestHandler):
    outside: Outside

    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers["Content-Length"])).decode()
        known: dict[str, Any] = json.loads(said)
        if self.path == "/call":
            subject, key = f"{known['item']} {known['about']}", self.headers["Idempotency-Key"]
            taken = self.outside.hear("call", subject, key, said)
        else:
            taken = self.outside.hear(
                "hook", known["data"]["record"]["name"], self.headers["webhook-id"], said
            )
        time.sleep(SLOW["call" if self.path == "/call" else "hook"])
        body = json.dumps({"code": f"code of {known.get('item')}"}).encode()
        self.send_response(200 if taken else 503)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_given: object) -> None:
        """Nothing is logged."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_given: object) -> None:
        """Who called is dead."""


class _Postbox:
    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a message."""
        mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        body = mail.get_body(("plain",))
        said = str(body.get_content()) if body is not None else ""
        name = envelope.rcpt_tos[0].partition("@")[0]
        self._outside.hear("mail", name, str(mail["Message-ID"]), said)
        await asyncio.sleep(SLOW["mail"])
        return "250 OK"


@contextmanager
def listening() -> Iterator[Outside]:
    """Both servers."""
    outside = Outside()
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"outside": outside}))
    port = free_port()
    controller = Controller(_Postbox(outside), hostname="127.0.0.1", port=port)
    outside.url, outside.mail = f"http://127.0.0.1:{server.server_port}", f"smtp://127.0.0.1:{port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    controller.start()
    try:
        yield outside
    finally:
        controller.stop()
        server.shutdown()
        server.server_close()
