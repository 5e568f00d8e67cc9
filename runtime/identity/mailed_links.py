"""Mailed links: to choose a password anew, or for the first time. Each opens once, for a while, for one user,
and only as long as the password has not changed since.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, delete, insert, select

from runtime.base.clock import Clock
from runtime.identity.tables import IdentityTables
from runtime.identity.tokens import fingerprint, new_token
from runtime.identity.users import User, Users
from runtime.storage.runtime_tables import runtime_tables

RESET, INVITE = "reset", "invite"
LASTS = {RESET: timedelta(minutes=30), INVITE: timedelta(days=7)}


@dataclass(frozen=True, slots=True)
class Link:
    """A link that holds, and whose it is."""

    token: str
    purpose: str
    user: User


class MailedLinks:
    """Makes links, opens them and spends them, in the caller's transaction."""

    def __init__(self, tables: IdentityTables, clock: Clock) -> None:
        self._table = runtime_tables().mailed_links
        self._credentials = tables.credentials
        self._users = Users(tables)
        self._clock = clock

    def make(self, connection: Connection, purpose: str, user_id: int) -> str:
        """A link's token; the user's earlier ones are worth nothing from now on."""
        now, token = self._clock.now(), new_token()
        self.end_all(connection, user_id)
        connection.execute(delete(self._table).where(self._table.c.until <= now))
        connection.execute(
            insert(self._table).values(
                token_hash=fingerprint(token),
                purpose=purpose,
                user_id=user_id,
                password_at=self._password_at(connection, user_id),
                created_at=now,
                until=now + LASTS[purpose],
            )
        )
        return token

    def find(self, connection: Connection, token: str) -> Link | None:
        """The link of a token, if it holds and its user may come in."""
        table = self._table
        row = connection.execute(select(table).where(table.c.token_hash == fingerprint(token))).first()
        if row is None or self._clock.now() >= row.until:
            return None
        user = self._users.active(connection, row.user_id)
        if user is None or self._password_at(connection, row.user_id) != row.password_at:
            return None
        return Link(token, row.purpose, user)

    def spend(self, connection: Connection, link: Link) -> bool:
        """Use the link up; False when somebody else was faster."""
        mine = delete(self._table).where(self._table.c.token_hash == fingerprint(link.token))
        return connection.execute(mine).rowcount > 0

    def end_all(self, connection: Connection, user_id: int) -> None:
        """Have a user's links open nothing any more."""
        connection.execute(delete(self._table).where(self._table.c.user_id == user_id))

    def _password_at(self, connection: Connection, user_id: int) -> object:
        table = self._credentials
        return connection.execute(select(table.c.changed_at).where(table.c.user_id == user_id)).scalar()
