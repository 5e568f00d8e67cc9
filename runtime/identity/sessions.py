"""Sessions: browsers that have signed in.

The browser has a random token, the database the token's hash and the session's limits.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from runtime.base.clock import Clock
from runtime.identity.tables import IdentityTables
from runtime.identity.tokens import derived, fingerprint, new_token, same


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lasts: unused, at all, and how often its last use is written down."""

    idle: timedelta = timedelta(hours=12)
    absolute: timedelta = timedelta(days=14)
    touch: timedelta = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Session:
    """A session that holds. ``csrf`` is the token that every form of it carries; ``stale`` says: touch it."""

    key: str
    user_id: int
    csrf: str
    created_at: datetime
    last_seen_at: datetime
    stale: bool

    def allows(self, csrf: str) -> bool:
        """Whether a form's CSRF token is this session's own."""
        return same(self.csrf, csrf)


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just opened. The token is shown here and nowhere else: it goes into the browser's cookie."""

    token: str
    csrf: str
    user_id: int


class Sessions:
    """Opens, finds and ends sessions.

    Finding one only reads; the others are writes in the caller's transaction.
    """

    def __init__(self, tables: IdentityTables, clock: Clock, limits: Limits | None = None) -> None:
        self._table = tables.sessions
        self._clock = clock
        self._limits = limits or Limits()

    def open(self, connection: Connection, user_id: int, address: str = "", agent: str = "") -> Opened:
        """Open a session under a new token. What the browser had before is worth nothing for it."""
        token = new_token()
        now = self._clock.now()
        connection.execute(
            insert(self._table).values(
                token_hash=fingerprint(token),
                user_id=user_id,
                created_at=now,
                last_seen_at=now,
                address=address[:64],
                agent=agent[:200],
            )
        )
        return Opened(token, csrf_of(token), user_id)

    def find(self, connection: Connection, token: str) -> Session | None:
        """The session of a token, or None when there is none, or it lasted too long, or was unused too
        long.
        """
        key = fingerprint(token)
        table = self._table
        row = connection.execute(
            select(table.c.user_id, table.c.created_at, table.c.last_seen_at).where(table.c.token_hash == key)
        ).first()
        return None if row is None else self.holding(token, row.user_id, row.created_at, row.last_seen_at)

    def holding(
        self, token: str, user_id: int, created_at: datetime, last_seen_at: datetime
    ) -> Session | None:
        """The session of a row, unless it lasted too long, or was unused too long."""
        now = self._clock.now()
        if now - created_at >= self._limits.absolute or now - last_seen_at >= self._limits.idle:
            return None
        stale = now - last_seen_at >= self._limits.touch
        return Session(fingerprint(token), user_id, csrf_of(token), created_at, last_seen_at, stale)

    def touch(self, connection: Connection, session: Session) -> None:
        """Write down that the session is in use. Two requests at once write it once."""
        now = self._clock.now()
        table = self._table
        connection.execute(
            update(table)
            .where(table.c.token_hash == session.key, table.c.last_seen_at <= now - self._limits.touch)
            .values(last_seen_at=now)
        )

    def end(self, connection: Connection, token: str) -> None:
        """Sign out: the token is worth nothing from now on."""
        connection.execute(delete(self._table).where(self._table.c.token_hash == fingerprint(token)))

    def end_all(self, connection: Connection, user_id: int, but: Session | None = None) -> int:
        """Sign a user out everywhere (but here); gives how many sessions were ended."""
        table = self._table
        where = [table.c.user_id == user_id]
        if but is not None:
            where.append(table.c.token_hash != but.key)
        return connection.execute(delete(table).where(*where)).rowcount

    def sweep(self, connection: Connection) -> int:
        """Remove the sessions that no longer hold; gives how many."""
        now = self._clock.now()
        table = self._table
        over = (table.c.created_at <= now - self._limits.absolute) | (
            table.c.last_seen_at <= now - self._limits.idle
        )
        return connection.execute(delete(table).where(over)).rowcount


def csrf_of(token: str) -> str:
    """The CSRF token of a session (or of any random cookie, such as the one the sign-in form has)."""
    return derived(token, "csrf")
