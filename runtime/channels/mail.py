"""Mail: the one port through which the CRM sends any. A letter is a row of the transaction that gives the
cause for it; the background sends it once that has landed, again and again until the server takes it, each
time under the same Message-ID.
"""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from secrets import token_hex
from typing import Any

from runtime.automation.background import Background
from runtime.base.sealing import Sealer, SealError
from runtime.channels.smtp import File, MailError, MailServer, written
from runtime.channels.unsubscribing import Unsubscribing
from runtime.identity.actor import SYSTEM
from runtime.model.letters import Letter
from runtime.storage.database import Database
from runtime.storage.mails import Mails, StoredMail
from runtime.storage.transaction import Transaction

log = logging.getLogger("trellis.mail")

KIND = "send_mail"
"""The kind of operation that sends; see :mod:`runtime.sites.operations.send_mail`."""
LEASE = timedelta(minutes=5)
"""How long one who sends a mail may not be heard of: longer than a server may take."""
AT_ONCE = 1000
"""So many mails one operation sends."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is sealed of a mail until it has left."""

    text: str
    html: str = ""
    reply_to: str = ""
    unsubscribe: str = ""
    files: Sequence[int] = ()


class Post:
    """Takes letters, and sends them. ``server`` is None where ``TRELLIS_MAIL`` names none.

    ``is_unwanted`` says whether whom a mail is for wants no such letters by now; ``files`` gives what goes
    with one.
    """

    def __init__(
        self,
        database: Database,
        background: Background,
        sealer: Sealer,
        server: MailServer | None,
        sender: str,
        host: str,
        unsubscribing: Unsubscribing,
        is_unwanted: Callable[[Any, StoredMail], bool],
        files: Callable[[Any, Sequence[int]], Sequence[File]],
    ) -> None:
        self.mails = Mails(background.operations.clock)
        self.server = server
        self.sender = sender
        self._database = database
        self._background = background
        self._sealer = sealer
        self._host = host
        self.unsubscribing = unsubscribing
        self._is_unwanted = is_unwanted
        self._files = files

    def hold(self, tx: Transaction, by: int | None, *, held: bool) -> int:
        """Send nothing for the moment, or again: then what was held goes out. Gives how many that are."""
        self.mails.hold_all(tx, by, held=held)
        count = 0
        while not held and (ids := self.mails.release(tx)):
            self._ask(tx, ids)
            count += len(ids)
        return count

    def put(self, tx: Transaction, letters: Sequence[Letter]) -> list[int]:
        """Send letters once the transaction has landed; gives the ids of their mails."""
        ids = tx.allocate_ids(len(letters))
        rows = [
            {
                "id": mail_id,
                "key": letter.key,
                "message_id": f"<{mail_id}.{token_hex(8)}@{self._host}>",
                "kind": letter.kind,
                "recipient": letter.recipient,
                "subject": letter.subject,
                "content": self._sealer.seal(json.dumps(asdict(self._content(letter)))),
                "sender": letter.sender or None,
                "opt_out": asdict(letter.opt_out) if letter.opt_out is not None else None,
                "until": letter.until,
            }
            for mail_id, letter in zip(ids, letters, strict=True)
        ]
        self.mails.add(tx, rows)
        self._ask(tx, ids)
        return ids

    @property
    def url(self) -> str:
        """What links in letters begin with."""
        return self.unsubscribing.url

    def has(self, connection: Any, key: str) -> bool:
        """Whether there is a letter of a key already."""
        return self.mails.has(connection, key)

    def retry(self, tx: Transaction, mail_id: int) -> bool:
        """Send a mail that was given up or cancelled; says whether there was one."""
        ids = self.mails.retry(tx, mail_id)
        self._ask(tx, ids)
        return bool(ids)

    def read(self, mail: StoredMail) -> Content | None:
        """What a mail says; None where that is forgotten. Raises :class:`SealError`."""
        if mail.content is None:
            return None
        return Content(**json.loads(self._sealer.open(mail.content)))

    def send(self, mail_id: int, worker: str) -> bool:
        """Send a mail, if it is its time; what becomes of it is written down. False where this minute has
        seen as many as may leave. ``worker`` names who sends it.
        """
        with self._database.write() as tx:
            mail = self.mails.claim(tx, mail_id, worker, LEASE)
            if mail is None:
                return True
            if mail.until is not None and self.mails.clock.now() >= mail.until:
                self.mails.late(tx, mail)
                return True
            if mail.opt_out is not None and self._is_unwanted(tx.connection, mail):
                self.mails.unwanted(tx, mail)
                return True
            if self.server is None or self.mails.is_held(tx.connection):
                self.mails.hold(tx, mail)
                return True
            if self.mails.is_beyond(tx, mail):
                return False
        try:
            self._hand_over(mail)
        except (MailError, SealError) as error:
            log.warning("mail %s was not sent: %s", mail.id, error)
            for_good = isinstance(error, SealError) or error.for_good
            with self._database.write() as tx:
                self.mails.failed(tx, mail, str(error), for_good=for_good)
            return True
        with self._database.write() as tx:
            self.mails.sent(tx, mail)
        return True

    def _content(self, letter: Letter) -> Content:
        content = Content(letter.text, letter.html, letter.reply_to, "", letter.files)
        if letter.opt_out is None:
            return content
        said = self.unsubscribing.said(letter.opt_out, letter.language)
        html = content.html + said.html if content.html else ""
        return replace(content, text=content.text + said.text, html=html, unsubscribe=said.address)

    def _hand_over(self, mail: StoredMail) -> None:
        assert self.server is not None
        content = self.read(mail)
        if content is None:
            raise MailError("What it said is forgotten.", for_good=True)
        with self._database.read() as connection:
            files = self._files(connection, content.files) if content.files else ()
        moment = mail.created_at.timestamp()
        try:
            message = written(
                self.sender, mail.recipient, mail.subject, content.text, mail.message_id, moment,
                html=content.html, reply_to=content.reply_to, on_behalf=mail.sender or "",
                unsubscribe=content.unsubscribe, files=files,
            )  # fmt: skip
        except ValueError as error:  # an address that no server would understand
            raise MailError(str(error), for_good=True) from None
        self.server.send(message)

    def _ask(self, tx: Transaction, ids: Sequence[int]) -> None:
        for start in range(0, len(ids), AT_ONCE):
            some = list(ids[start : start + AT_ONCE])
            self._background.start(tx, KIND, {"mails": some}, SYSTEM)
