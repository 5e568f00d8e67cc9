"""A real mail server on loopback, and a CRM that sends through it."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from runtime.automation.worker import Worker
from tests.support.crm import App


@dataclass
class Postbox:
    """What the server has taken. ``answers`` are given to the next messages in place of taking them."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The server's address for ``TRELLIS_MAIL``."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a message, or answer with what was set."""
        content = envelope.original_content or b""
        mail = message_from_bytes(content, policy=policy.default)
        self.seen.append(str(mail["Message-ID"]))
        if self.answers:
            return self.answers.pop(0)
        self.mails.append(mail)
        self.envelopes.append((envelope.mail_from or "", list(envelope.rcpt_tos)))
        return "250 OK"

    def text(self, place: int = -1) -> str:
        """What a mail says."""
        body = self.mails[place].get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")

    def link(self, place: int = -1) -> str:
        """The path of the link in a mail."""
        found = re.search(r"https?://[^/\s]+(/\S+)", self.text(place))
        assert found is not None
        return found[1]


def free_port() -> int:
    """A port that nobody uses: a controller asks for one by its number."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@contextmanager
def mail_server() -> Iterator[Postbox]:
    """The server, on a free port."""
    box = Postbox(free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def send_all(app: App) -> int:
    """Have a worker do what waits; gives how many operations that were."""
    return Worker(app.site, app.site.background, "test", stopping=Event()).drain()
