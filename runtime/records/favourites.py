"""Favourites: the records that each user has put a star on, newest star first."""

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from runtime.base.clock import Clock
from runtime.records.recent import Place, places
from runtime.storage.tables import Tables

MOST = 100
"""So many stars a user may give: more are no shortcut to anything."""


class Favourites:
    """The favourites of one snapshot's users. Setting one is a write: give it a transaction's connection."""

    def __init__(self, tables: Tables, clock: Clock) -> None:
        self._tables = tables
        self._table = tables.runtime.favourites
        self._clock = clock

    def has(self, connection: Connection, user_id: int, record_id: int) -> bool:
        """Whether a record has the user's star."""
        table = self._table
        found = select(table.c.record_id).where(table.c.user_id == user_id, table.c.record_id == record_id)
        return connection.execute(found).first() is not None

    def of(self, connection: Connection, user_id: int) -> list[Place]:
        """The user's favourites, of modules that are still there."""
        table = self._table
        kept = connection.execute(
            select(table.c.module, table.c.record_id)
            .where(table.c.user_id == user_id)
            .order_by(table.c.starred_at.desc(), table.c.record_id.desc())
            .limit(MOST)
        ).all()
        return places(self._tables, [(name, record_id) for name, record_id in kept])

    def add(self, connection: Connection, user_id: int, module: str, record_id: int) -> bool:
        """Put a star on a record; False when the user has given as many as there may be."""
        if self.has(connection, user_id, record_id):
            return True
        if len(self.of(connection, user_id)) >= MOST:
            return False
        name = self._tables.module(module).table.name
        values = {"user_id": user_id, "record_id": record_id, "module": name, "starred_at": self._clock.now()}
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        connection.execute(insert(self._table).values(**values).on_conflict_do_nothing())  # a double click
        return True

    def remove(self, connection: Connection, user_id: int, record_id: int) -> None:
        """Take the star off a record."""
        table = self._table
        connection.execute(delete(table).where(table.c.user_id == user_id, table.c.record_id == record_id))
