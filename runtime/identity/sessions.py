"""Sessions: browsers that have signed in.

The browser has a random token, the database the token's hash and the session's limits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, or_, select, update

from runtime.base.clock import Clock
from runtime.identity.policy import Ranked, Rules, Steady
from runtime.identity.tables import IdentityTables
from runtime.identity.tokens import derived, fingerprint, new_token, same

TOUCH = timedelta(minutes=1)
"""How often the last use of a session is written down."""
ACTING = timedelta(hours=1)
"""How long an administrator acts as somebody at most."""
HANDLE = 16
"""So many characters of a session's key name it among a user's."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session that holds. ``csrf`` is the token that every form of it carries; ``stale`` says: touch it.

    ``by_id`` is the administrator who acts as the user, if it is one; ``looking`` says that they only look,
    and change nothing.
    """

    key: str
    user_id: int
    csrf: str
    created_at: datetime
    last_seen_at: datetime
    stale: bool
    by_id: int | None = None
    rights: str = ""
    """What its user was when it got its token; '' where that is not known."""
    looking: bool = False

    def allows(self, csrf: str) -> bool:
        """Whether a form's CSRF token is this session's own."""
        return same(self.csrf, csrf)


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just opened. The token is shown here and nowhere else: it goes into the browser's cookie."""

    token: str
    csrf: str
    user_id: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A session as its user may see it; ``handle`` names it, and signs nobody in."""

    handle: str
    created_at: datetime
    last_seen_at: datetime
    address: str
    agent: str
    by_id: int | None
    is_here: bool


class Sessions:
    """Opens, finds and ends sessions.

    Finding one only reads; the others are writes in the caller's transaction.
    """

    def __init__(self, tables: IdentityTables, clock: Clock, rules: Rules | None = None) -> None:
        self._table = tables.sessions
        self._clock = clock
        self._rules = rules or Steady()

    def open(
        self,
        connection: Connection,
        user_id: int,
        address: str = "",
        agent: str = "",
        by_id: int | None = None,
        rights: str = "",
        looking: bool = False,
        portal: Mapping[str, str] | None = None,
    ) -> Opened:
        """Open a session under a new token. What the browser had before is worth nothing for it.

        ``by_id`` is the administrator who acts as the user, or who is only ``looking``; ``rights`` what the
        user is by now (:func:`standing`). With ``portal`` it is a contact's, whose id stands for the user's.
        """
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
                by_id=by_id,
                rights=rights,
                looking=looking,
                **({} if portal is None else {"portal": dict(portal)}),
            )
        )
        return Opened(token, csrf_of(token), user_id)

    def outgrow(self, connection: Connection, session: Session, rights: str) -> Opened | None:
        """Give another token to a session whose user is another by now; None where somebody was faster."""
        token, table = new_token(), self._table
        mine = update(table).where(table.c.token_hash == session.key)
        values = {"token_hash": fingerprint(token), "rights": rights}
        done = connection.execute(mine.values(values)).rowcount
        return Opened(token, csrf_of(token), session.user_id) if done else None

    def renew(self, connection: Connection, session: Session) -> Opened:
        """Give a session another token, for what it may do is another: the one before is worth nothing."""
        token = new_token()
        table = self._table
        connection.execute(
            update(table).where(table.c.token_hash == session.key).values(token_hash=fingerprint(token))
        )
        return Opened(token, csrf_of(token), session.user_id)

    def of(self, connection: Connection, user_id: int, here: Session | None = None) -> list[Shown]:
        """A user's sessions that hold, the one in use lately first."""
        table, now, rules = self._table, self._clock.now(), self._rules.now
        rows = connection.execute(
            select(table)
            .where(
                table.c.user_id == user_id,
                table.c.created_at > now - rules.absolute,
                table.c.last_seen_at > now - rules.idle,
            )
            .order_by(table.c.last_seen_at.desc(), table.c.token_hash)
            .limit(100)
        )
        return [
            Shown(
                row.token_hash[:HANDLE],
                row.created_at,
                row.last_seen_at,
                row.address or "",
                row.agent or "",
                row.by_id,
                here is not None and row.token_hash == here.key,
            )
            for row in rows
        ]

    def end_one(self, connection: Connection, user_id: int, handle: str) -> bool:
        """End the session of a user that a handle names; says whether there was one."""
        table = self._table
        mine = (table.c.user_id == user_id) & table.c.token_hash.startswith(handle, autoescape=True)
        if len(handle) != HANDLE:
            return False
        return connection.execute(delete(table).where(mine)).rowcount > 0

    def find(self, connection: Connection, token: str) -> Session | None:
        """The session of a token, or None when there is none, or it lasted too long, or was unused too
        long.
        """
        key = fingerprint(token)
        table = self._table
        row = connection.execute(
            select(
                table.c.user_id,
                table.c.created_at,
                table.c.last_seen_at,
                table.c.by_id,
                table.c.rights,
                table.c.looking,
            ).where(table.c.token_hash == key)
        ).first()
        return None if row is None else self.holding(token, *row)

    def holding(
        self,
        token: str,
        user_id: int,
        created_at: datetime,
        last_seen_at: datetime,
        by_id: int | None = None,
        rights: str | None = None,
        looking: bool | None = None,
    ) -> Session | None:
        """The session of a row, unless it lasted too long, or was unused too long."""
        now, rules = self._clock.now(), self._rules.now
        longest = rules.absolute if by_id is None else min(ACTING, rules.absolute)
        if now - created_at >= longest or now - last_seen_at >= rules.idle:
            return None
        stale = now - last_seen_at >= TOUCH
        return Session(
            fingerprint(token),
            user_id,
            csrf_of(token),
            created_at,
            last_seen_at,
            stale,
            by_id,
            rights or "",
            bool(looking),
        )

    def touch(self, connection: Connection, session: Session) -> None:
        """Write down that the session is in use. Two requests at once write it once."""
        now = self._clock.now()
        table = self._table
        connection.execute(
            update(table)
            .where(table.c.token_hash == session.key, table.c.last_seen_at <= now - TOUCH)
            .values(last_seen_at=now)
        )

    def end(self, connection: Connection, token: str) -> None:
        """Sign out: the token is worth nothing from now on."""
        connection.execute(delete(self._table).where(self._table.c.token_hash == fingerprint(token)))

    def end_all(self, connection: Connection, user_id: int, but: Session | None = None) -> int:
        """Sign a user out everywhere (but here), and whoever acts as them or whom they act as; gives how
        many sessions were ended.
        """
        table = self._table
        where = [or_(table.c.user_id == user_id, table.c.by_id == user_id)]
        if but is not None:
            where.append(table.c.token_hash != but.key)
        return connection.execute(delete(table).where(*where)).rowcount

    def sweep(self, connection: Connection) -> int:
        """Remove the sessions that no longer hold; gives how many."""
        now, rules = self._clock.now(), self._rules.now
        table = self._table
        over = (table.c.created_at <= now - rules.absolute) | (table.c.last_seen_at <= now - rules.idle)
        return connection.execute(delete(table).where(over)).rowcount


def standing(user: Ranked) -> str:
    """What decides over the rights of a user: when it is another, sessions get other tokens."""
    return f"{'admin' if user.admin else 'user'} {user.role or ''}"


def csrf_of(token: str) -> str:
    """The CSRF token of a session (or of any random cookie, such as the one the sign-in form has)."""
    return derived(token, "csrf")
