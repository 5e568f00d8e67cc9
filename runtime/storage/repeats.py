"""Repeats: the answers of requests that may be sent again, kept in the transaction that did the work."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from sqlalchemy import Connection, Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from runtime.base.clock import Clock
from runtime.storage.errors import UnavailableError

KEPT = timedelta(hours=24)
"""How long an answer is kept."""


class RepeatTables(Protocol):
    """Where answers are kept; :class:`runtime.storage.tables.Tables` satisfies it."""

    @property
    def idempotency(self) -> Table:
        """One row a request."""
        ...

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """What a request with the same key was answered; ``fingerprint`` tells what it asked."""

    fingerprint: str
    status: int
    body: bytes


class Repeats:
    """Claims keys and keeps answers, each in the caller's transaction: both land with the work, or nothing
    does.
    """

    def __init__(self, tables: RepeatTables, clock: Clock) -> None:
        self._table = tables.idempotency
        self._insert = sqlite.insert if tables.dialect == "sqlite" else postgresql.insert
        self._clock = clock

    def find(self, connection: Connection, user_id: int, key: str) -> Kept | None:
        """What a user's request with a key was answered within the last day."""
        table = self._table
        row = connection.execute(
            select(table.c.fingerprint, table.c.status, table.c.body).where(
                table.c.key == key,
                table.c.user_id == user_id,
                table.c.state == "done",
                table.c.created_at > self._clock.now() - KEPT,
            )
        ).first()
        return Kept(row.fingerprint, row.status, bytes(row.body)) if row is not None else None

    def claim(self, connection: Connection, user_id: int, key: str, fingerprint: str) -> Kept | None:
        """Claim a user's key, which gives None, or find what it was answered within the last day.

        While another transaction has claimed the key and has not ended, this waits for it.
        """
        table, now = self._table, self._clock.now()
        connection.execute(delete(table).where(table.c.created_at <= now - KEPT))
        claimed = connection.execute(
            self._insert(table)
            .values(key=key, user_id=user_id, fingerprint=fingerprint, state="working", created_at=now)
            .on_conflict_do_nothing()
            .returning(table.c.key)
        ).first()
        if claimed is not None:
            return None
        kept = self.find(connection, user_id, key)
        if kept is None:
            raise UnavailableError("What a request was answered could not be found again.")
        return kept

    def keep(self, connection: Connection, user_id: int, key: str, status: int, body: bytes) -> None:
        """Keep the answer under the key that was claimed."""
        table = self._table
        connection.execute(
            update(table)
            .where(table.c.key == key, table.c.user_id == user_id)
            .values(state="done", status=status, body=body)
        )
