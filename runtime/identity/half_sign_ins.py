"""Half sign-ins: the password was right, and the second factor is still to come. A browser has a token for a
quarter of an hour, and five tries.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, delete, insert, select, update

from runtime.base.clock import Clock
from runtime.identity.tokens import fingerprint, new_token, same
from runtime.storage.runtime_tables import runtime_tables

LASTS = timedelta(minutes=15)
"""How long the second factor may take, and a PIN holds."""
TRIES = 5
PINS = 3
"""How many PINs are mailed for one sign-in."""


@dataclass(frozen=True, slots=True)
class Half:
    """A half sign-in that goes on. ``has_pin`` says whether a PIN was mailed."""

    token: str
    user_id: int
    tries: int
    pins: int
    has_pin: bool


class HalfSignIns:
    """Begins, goes on with and ends them, in the caller's transaction."""

    def __init__(self, clock: Clock) -> None:
        self._table = runtime_tables().half_sign_ins
        self._clock = clock

    def begin(self, connection: Connection, user_id: int) -> Half:
        """Begin one; those that took too long are forgotten by the way."""
        now, token = self._clock.now(), new_token()
        connection.execute(delete(self._table).where(self._table.c.created_at <= now - LASTS))
        connection.execute(
            insert(self._table).values(
                token_hash=fingerprint(token), user_id=user_id, created_at=now, tries=0, pins=0
            )
        )
        return Half(token, user_id, 0, 0, has_pin=False)

    def find(self, connection: Connection, token: str) -> Half | None:
        """The half sign-in of a token, if it goes on."""
        table = self._table
        row = connection.execute(select(table).where(table.c.token_hash == fingerprint(token))).first()
        if row is None or row.tries >= TRIES or self._clock.now() - row.created_at >= LASTS:
            return None
        return Half(token, row.user_id, row.tries, row.pins, row.pin_hash is not None)

    def count_try(self, connection: Connection, half: Half) -> bool:
        """Count a try; says whether it was one of the few that there are."""
        table = self._table
        mine = (table.c.token_hash == fingerprint(half.token)) & (table.c.tries < TRIES)
        return connection.execute(update(table).where(mine).values(tries=table.c.tries + 1)).rowcount > 0

    def new_pin(self, connection: Connection, half: Half) -> str | None:
        """A fresh PIN for the mail, in place of the one before; None when there were enough."""
        table, pin = self._table, f"{secrets.randbelow(10**6):06d}"
        mine = (table.c.token_hash == fingerprint(half.token)) & (table.c.pins < PINS)
        values = {"pin_hash": _pin_hash(half, pin), "pin_at": self._clock.now(), "pins": table.c.pins + 1}
        done = connection.execute(update(table).where(mine).values(values)).rowcount
        return pin if done else None

    def is_pin(self, connection: Connection, half: Half, pin: str) -> bool:
        """Whether this is the PIN that was mailed last, and not too long ago."""
        table = self._table
        row = connection.execute(
            select(table.c.pin_hash, table.c.pin_at).where(table.c.token_hash == fingerprint(half.token))
        ).first()
        if row is None or row.pin_hash is None or self._clock.now() - row.pin_at >= LASTS:
            return False
        return same(row.pin_hash, _pin_hash(half, "".join(pin.split())))

    def end(self, connection: Connection, half: Half) -> None:
        """It is a whole sign-in now, or none any more."""
        connection.execute(delete(self._table).where(self._table.c.token_hash == fingerprint(half.token)))

    def end_all(self, connection: Connection, user_id: int) -> None:
        """End a user's: the password is another one."""
        connection.execute(delete(self._table).where(self._table.c.user_id == user_id))


def _pin_hash(half: Half, pin: str) -> str:
    # Made with the token, which the browser alone has: six digits by themselves are soon tried through.
    return fingerprint(f"{half.token} {pin}")
