"""The mail server: hands a message over by SMTP, and tells failures that pass from those that stay."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy
from email.utils import formatdate, parseaddr
from urllib.parse import unquote, urlsplit

SECONDS = 30.0
"""How long the server may take for an answer."""
SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
"""How the connection is made safe: not at all, after a greeting, from the start; each with its port."""


class MailError(Exception):
    """A message that the server has not taken. ``for_good`` says that trying again is of no use."""

    def __init__(self, sentence: str, *, for_good: bool = False) -> None:
        super().__init__(sentence)
        self.for_good = for_good


@dataclass(frozen=True, slots=True)
class Account:
    """Where mail is handed over, and as whom."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""

    @classmethod
    def read(cls, address: str) -> "Account":
        """The account of an address such as ``smtp+starttls://user:password@mail.example.com:587``.

        Raises :class:`ValueError` with a whole sentence that does not repeat the password.
        """
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in SCHEMES or not parts.hostname:
            raise ValueError(
                "TRELLIS_MAIL must be a mail server's address, such as smtps://user:password@host:465; "
                "others begin with smtp+starttls:// or smtp://."
            )
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.scheme, parts.hostname, port or SCHEMES[parts.scheme], user, password)

    def __repr__(self) -> str:
        return f"Account({self.scheme}://{self.host}:{self.port})"


@dataclass(frozen=True, slots=True)
class File:
    """What goes with a message; ``type`` is its media type."""

    name: str
    type: str
    content: bytes


class _Whole(UnstructuredHeader, BaseHeader):
    """A header that stays on its line as it is: a long address would be folded as encoded words, which mail
    programs do not read there.
    """

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def _policy() -> "EmailPolicy[EmailMessage]":
    known = HeaderRegistry()
    known.map_to_type("list-unsubscribe", _Whole)
    return EmailPolicy(header_factory=known)


class MailServer:
    """Sends messages, each over a connection of its own."""

    def __init__(self, account: Account, context: ssl.SSLContext | None = None) -> None:
        self.account = account
        self._context = context

    def send(self, message: EmailMessage) -> None:
        """Hand a message over; raises :class:`MailError`."""
        try:
            with self._connect() as server:
                refused = server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise MailError(_said(code, said), for_good=code >= 500) from None
        except smtplib.SMTPAuthenticationError as error:
            raise MailError(_said(error.smtp_code, error.smtp_error)) from None
        except smtplib.SMTPResponseException as error:
            raise MailError(
                _said(error.smtp_code, error.smtp_error), for_good=error.smtp_code >= 500
            ) from None
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise MailError(f"{type(error).__name__}: {error}") from None
        if refused:
            code, said = next(iter(refused.values()))
            raise MailError(_said(code, said), for_good=code >= 500)

    def _connect(self) -> smtplib.SMTP:
        account = self.account
        if account.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                account.host, account.port, timeout=SECONDS, context=self._tls()
            )
        else:
            server = smtplib.SMTP(account.host, account.port, timeout=SECONDS)
        try:
            if account.scheme == "smtp+starttls":
                server.starttls(context=self._tls())
            if account.user:
                server.login(account.user, account.password)
        except BaseException:
            server.close()
            raise
        return server

    def _tls(self) -> ssl.SSLContext:
        return self._context or ssl.create_default_context()


def written(
    sender: str,
    recipient: str,
    subject: str,
    text: str,
    message_id: str,
    moment: float,
    *,
    html: str = "",
    reply_to: str = "",
    on_behalf: str = "",
    unsubscribe: str = "",
    files: Sequence[File] = (),
) -> EmailMessage:
    """A message as it goes over the wire; nothing in it can begin another header.

    ``on_behalf`` is who it comes from, where that is not the ``sender``, who hands it over all the same and
    hears of what does not arrive. ``unsubscribe`` is the address at which one click ends such letters
    (RFC 8058).
    """
    message = EmailMessage(_policy())
    message["From"] = _person(on_behalf or sender)
    if on_behalf and parseaddr(on_behalf)[1] != parseaddr(sender)[1]:
        message["Sender"] = _person(sender)
    message["To"] = Address(addr_spec=recipient)
    if reply_to:
        message["Reply-To"] = Address(addr_spec=reply_to)
    message["Subject"] = _line(subject)
    message["Date"] = formatdate(moment)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    if unsubscribe:
        message["List-Unsubscribe"] = f"<{unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for file in files:
        kind, _, sort = file.type.partition("/")
        name = _line(file.name).replace("/", "-")
        message.add_attachment(file.content, maintype=kind, subtype=sort, filename=name)
    return message


def _person(text: str) -> Address:
    name, address = parseaddr(text)
    return Address(_line(name), addr_spec=address)


def _line(text: str) -> str:
    return " ".join(text.split())


def _said(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {text}"[:500]
