"""Once: a form that makes a record makes one, also where its answer was lost and the same is sent again.

The form is drawn with a mark. What is sent with it is told by the mark together with all that was typed: who
comes back to the form and types something else makes another record.
"""

import hashlib
import secrets
from dataclasses import asdict, dataclass

import orjson
from starlette.datastructures import UploadFile

from runtime.records.change import Saved
from runtime.storage.repeats import Repeats
from runtime.storage.transaction import Transaction
from runtime.web.door import Call

MARK = "_once"
OTHERWISE_SENT = ("_csrf", "_revision")
"""What differs where the same is sent again after signing in anew, or after the pack has changed."""


@dataclass(frozen=True, slots=True)
class Once:
    """What one sent form makes, kept for a day in the transaction that made it."""

    repeats: Repeats
    user_id: int
    key: str

    def claim(self, tx: Transaction) -> Saved | None:
        """What was made of the form before; None where it is to be made now. Waits for who is making it."""
        kept = self.repeats.claim(tx.connection, self.user_id, self.key, self.key)
        return Saved(**orjson.loads(kept.body)) if kept is not None else None

    def keep(self, tx: Transaction, saved: Saved) -> None:
        """Keep what was made."""
        self.repeats.keep(tx.connection, self.user_id, self.key, 303, orjson.dumps(asdict(saved)))


def mark(call: Call) -> str:
    """The mark of a form that is drawn: the one it came with, or a new one."""
    return call.form.text(MARK) or secrets.token_urlsafe(16)


def once_of(call: Call) -> Once | None:
    """The form that was sent; None for one without a mark."""
    if not call.form.text(MARK):
        return None
    sent = sorted(
        (name, [value.filename if isinstance(value, UploadFile) else value for value in values])
        for name, values in call.form.values.items()
        if name not in OTHERWISE_SENT
    )
    digest = hashlib.sha256(repr(sent).encode("utf-8", "backslashreplace")).hexdigest()
    repeats = Repeats(call.live.tables, call.live.clock)
    return Once(repeats, call.actor.user_id or 0, f"form:{digest}")
