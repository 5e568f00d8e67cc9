"""Mail: the one port through which the CRM sends any. A letter is a row of the transaction that gives the
cause for it; the background sends it once that has landed, again and again until the server takes it, each
time under the same Message-ID.
"""

import json
import logging
from collections.abc import Sequence
from datetime import timedelta
from secrets import token_hex

from runtime.automation.background import Background
from runtime.base.sealing import Sealer, SealError
from runtime.channels.smtp import MailError, MailServer, written
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


class Post:
    """Takes letters, and sends them. ``server`` is None where ``TRELLIS_MAIL`` names none."""

    def __init__(
        self,
        database: Database,
        background: Background,
        sealer: Sealer,
        server: MailServer | None,
        sender: str,
        host: str,
    ) -> None:
        self.mails = Mails(background.operations.clock)
        self.server = server
        self.sender = sender
        self._database = database
        self._background = background
        self._sealer = sealer
        self._host = host

    def hold(self, tx: Transaction, by: int | None, *, held: bool) -> int:
        """Send nothing for the moment, or again: then what was held goes out. Gives how many that are."""
        self.mails.hold_all(tx, by, held=held)
        ids = [] if held else self.mails.release(tx)
        self._ask(tx, ids)
        return len(ids)

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
                "content": self._sealer.seal(
                    json.dumps({"text": letter.text, "html": letter.html, "reply_to": letter.reply_to})
                ),
                "until": letter.until,
            }
            for mail_id, letter in zip(ids, letters, strict=True)
        ]
        self.mails.add(tx, rows)
        self._ask(tx, ids)
        return ids

    def retry(self, tx: Transaction, mail_id: int) -> bool:
        """Send a mail again that was given up; says whether there was one."""
        ids = self.mails.retry(tx, mail_id)
        self._ask(tx, ids)
        return bool(ids)

    def send(self, mail_id: int) -> None:
        """Send a mail, if it is its time; what becomes of it is written down."""
        with self._database.write() as tx:
            mail = self.mails.claim(tx, mail_id, LEASE)
            if mail is None:
                return
            if mail.until is not None and self.mails.clock.now() >= mail.until:
                self.mails.late(tx, mail)
                return
            if self.server is None or self.mails.is_held(tx.connection):
                self.mails.hold(tx, mail)
                return
        try:
            self._hand_over(mail)
        except (MailError, SealError) as error:
            log.warning("mail %s was not sent: %s", mail.id, error)
            for_good = isinstance(error, SealError) or error.for_good
            with self._database.write() as tx:
                self.mails.failed(tx, mail, str(error), for_good=for_good)
            return
        with self._database.write() as tx:
            self.mails.sent(tx, mail)

    def _hand_over(self, mail: StoredMail) -> None:
        assert self.server is not None
        kept = json.loads(self._sealer.open(mail.content or ""))
        moment = mail.created_at.timestamp()
        try:
            message = written(
                self.sender, mail.recipient, mail.subject, str(kept["text"]), mail.message_id, moment,
                html=str(kept.get("html", "")), reply_to=str(kept.get("reply_to", "")),
            )  # fmt: skip
        except ValueError as error:  # an address that no server would understand
            raise MailError(str(error), for_good=True) from None
        self.server.send(message)

    def _ask(self, tx: Transaction, ids: Sequence[int]) -> None:
        if ids:
            self._background.start(tx, KIND, {"mails": list(ids)}, SYSTEM)
