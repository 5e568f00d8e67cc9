"""Credentials: the hash of each user's password, in a table of its own that no query of records reaches."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from runtime.base.clock import Clock
from runtime.identity.tables import IdentityTables


class Credentials:
    """Reads and writes the hashes. Setting one is a write: give it a transaction's connection."""

    def __init__(self, tables: IdentityTables, clock: Clock) -> None:
        self._table = tables.credentials
        self._clock = clock

    def of(self, connection: Connection, user_id: int) -> str | None:
        """The user's hash, or None when the user has no password."""
        found: str | None = connection.execute(
            select(self._table.c.password_hash).where(self._table.c.user_id == user_id)
        ).scalar()
        return found

    def set(self, connection: Connection, user_id: int, password_hash: str) -> None:
        """Keep a new hash."""
        changed_at: datetime = self._clock.now()
        values = {"password_hash": password_hash, "changed_at": changed_at}
        changed = connection.execute(
            update(self._table).where(self._table.c.user_id == user_id).values(**values)
        )
        if not changed.rowcount:
            connection.execute(insert(self._table).values(user_id=user_id, **values))

    def forget(self, connection: Connection, user_id: int) -> None:
        """Take the user's password away."""
        connection.execute(delete(self._table).where(self._table.c.user_id == user_id))
