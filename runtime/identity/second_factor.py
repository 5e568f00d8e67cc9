"""The second factor of users: an authenticator app, or a PIN by e-mail; and codes for who has lost it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from runtime.base.clock import Clock
from runtime.identity import totp
from runtime.identity.tokens import fingerprint
from runtime.storage.runtime_tables import runtime_tables

APP, MAIL = "app", "mail"
"""The kinds of second factors."""
RECOVERY_CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that nobody takes for another."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A user's second factor. An app's counts when its first code has been given (``confirmed_at``)."""

    kind: str
    secret: str | None
    last_step: int | None
    confirmed_at: datetime | None


class SecondFactors:
    """Sets factors up, and tells whether what somebody types is right. In the caller's transaction."""

    def __init__(self, clock: Clock, seal: Callable[[str], str], unseal: Callable[[str], str]) -> None:
        tables = runtime_tables()
        self._table, self._codes = tables.second_factors, tables.recovery_codes
        self._clock = clock
        self._seal = seal
        self._unseal = unseal

    def of(self, connection: Connection, user_id: int) -> Factor | None:
        """The user's factor, confirmed or being set up; None without one."""
        c = self._table.c
        row = connection.execute(
            select(c.kind, c.secret, c.last_step, c.confirmed_at).where(c.user_id == user_id)
        ).first()
        return None if row is None else Factor(*row)

    def kind_of(self, connection: Connection, user_id: int) -> str | None:
        """The kind of the user's factor that counts; None without one."""
        found = self.of(connection, user_id)
        return found.kind if found is not None and found.confirmed_at is not None else None

    def begin_app(self, connection: Connection, user_id: int) -> str:
        """Begin to set an app up and give its secret; one that was begun before goes on."""
        found = self.of(connection, user_id)
        if found is not None and found.kind == APP and found.confirmed_at is None and found.secret:
            return self._unseal(found.secret)
        secret = totp.new_secret()
        self._write(connection, user_id, APP, self._seal(secret), None)
        return secret

    def confirm_app(self, connection: Connection, user_id: int, code: str) -> tuple[str, ...] | None:
        """The first code of the app: it counts from now on, and these are the codes for who loses it; None
        when the code is wrong.
        """
        found = self.of(connection, user_id)
        if found is None or found.kind != APP or found.secret is None or found.confirmed_at is not None:
            return None
        step = totp.matching_step(self._unseal(found.secret), code, self._clock.now(), None)
        if step is None:
            return None
        mine = update(self._table).where(self._table.c.user_id == user_id)
        connection.execute(mine.values(confirmed_at=self._clock.now(), last_step=step))
        return self.new_codes(connection, user_id)

    def use_mail(self, connection: Connection, user_id: int) -> None:
        """Have a PIN mailed at every sign-in, in place of an app."""
        connection.execute(delete(self._codes).where(self._codes.c.user_id == user_id))
        self._write(connection, user_id, MAIL, None, self._clock.now())

    def forget(self, connection: Connection, user_id: int) -> bool:
        """Take the user's factor away; says whether there was one."""
        connection.execute(delete(self._codes).where(self._codes.c.user_id == user_id))
        return bool(connection.execute(delete(self._table).where(self._table.c.user_id == user_id)).rowcount)

    def new_codes(self, connection: Connection, user_id: int) -> tuple[str, ...]:
        """Fresh recovery codes, in place of those before; they are shown once, and kept as hashes."""
        connection.execute(delete(self._codes).where(self._codes.c.user_id == user_id))
        codes = tuple(_code() for _ in range(RECOVERY_CODES))
        rows = [{"user_id": user_id, "code_hash": _hash(user_id, code)} for code in codes]
        connection.execute(insert(self._codes), rows)
        return codes

    def codes_left(self, connection: Connection, user_id: int) -> int:
        """How many recovery codes still work."""
        found = select(self._codes.c.code_hash).where(self._codes.c.user_id == user_id)
        return len(connection.execute(found).all())

    def check_app(self, connection: Connection, user_id: int, code: str) -> bool:
        """Whether it is a code of the user's app, which opens once; or a recovery code, which opens once,
        too.
        """
        found = self.of(connection, user_id)
        if found is None or found.kind != APP or found.secret is None or found.confirmed_at is None:
            return False
        step = totp.matching_step(self._unseal(found.secret), code, self._clock.now(), found.last_step)
        if step is None:
            return self._spend(connection, user_id, code)
        table = self._table
        fresh = table.c.last_step.is_(None) | (table.c.last_step < step)
        mine = update(table).where(table.c.user_id == user_id, fresh)
        return connection.execute(mine.values(last_step=step)).rowcount > 0

    def _spend(self, connection: Connection, user_id: int, code: str) -> bool:
        codes = self._codes
        mine = delete(codes).where(codes.c.user_id == user_id, codes.c.code_hash == _hash(user_id, code))
        return connection.execute(mine).rowcount > 0

    def _write(
        self,
        connection: Connection,
        user_id: int,
        kind: str,
        secret: str | None,
        confirmed_at: datetime | None,
    ) -> None:
        connection.execute(delete(self._table).where(self._table.c.user_id == user_id))
        values = {
            "kind": kind,
            "secret": secret,
            "confirmed_at": confirmed_at,
            "created_at": self._clock.now(),
        }
        connection.execute(insert(self._table).values(user_id=user_id, **values))


def _code() -> str:
    # Ten letters: 48 bits, of which five tries in a quarter of an hour find none.
    letters = "".join(secrets.choice(LETTERS) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def _hash(user_id: int, code: str) -> str:
    said = "".join(letter for letter in code.lower() if letter.isalnum())
    return fingerprint(f"{user_id} {said}")
