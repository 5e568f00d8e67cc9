"""The inbox: what people were told by the CRM, and whether they have read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from runtime.base.clock import Clock
from runtime.storage.runtime_tables import runtime_tables
from runtime.storage.transaction import Transaction

COUNTED = 99
"""Nobody needs a larger number on a bell."""
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Notification:
    """One word to one user. ``about`` (a table) and ``record_id`` say which record it is about, ``address``
    a page.
    """

    id: int
    key: str
    user_id: int
    text: Mapping[str, Any]
    about: str | None
    record_id: int | None
    address: str
    created_at: datetime
    read_at: datetime | None
    mailed_at: datetime | None = None


class Inbox:
    """Reads and writes the rows."""

    def __init__(self, clock: Clock) -> None:
        self._table = runtime_tables().notifications
        self._clock = clock

    def tell(
        self,
        tx: Transaction,
        key: str,
        people: Sequence[int],
        text: Mapping[str, Any],
        about: tuple[str, int] | None = None,
        address: str = "",
        *,
        mailed: bool = False,
    ) -> int:
        """Tell people something (a message as JSON); whoever was told under the same key is not told again.
        Gives how many were. What is ``mailed`` by other means is not mailed for a second time.
        """
        table, record_id = about or (None, None)
        shared: dict[str, Any] = {
            "text": dict(text),
            "about": table,
            "record_id": record_id,
            "address": address,
        }
        shared["created_at"] = self._clock.now()
        shared["mailed_at"] = shared["created_at"] if mailed else None
        add: Any = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
        told = 0
        for start in range(0, len(people), AT_ONCE):
            some = people[start : start + AT_ONCE]
            rows = [
                {"id": number, "key": f"{key}:{user}", "user_id": user, **shared}
                for number, user in zip(tx.allocate_ids(len(some)), some, strict=True)
            ]
            made = add(self._table).values(rows).on_conflict_do_nothing().returning(self._table.c.id)
            told += len(tx.connection.execute(made).all())
        return told

    def unread(self, connection: Connection, user_id: int) -> int:
        """How many words a user has not read; up to one more than :data:`COUNTED`."""
        table = self._table
        fresh = select(table.c.id).where(table.c.user_id == user_id, table.c.read_at.is_(None))
        return len(connection.execute(fresh.limit(COUNTED + 1)).all())

    def latest(
        self, connection: Connection, user_id: int, limit: int, before: int | None = None
    ) -> list[Notification]:
        """A user's newest words; ``before`` is the id that the last page ended with."""
        table = self._table
        query = select(table).where(table.c.user_id == user_id).order_by(table.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(table.c.id < before)
        return [_notification(row) for row in connection.execute(query)]

    def unmailed(self, connection: Connection, limit: int) -> list[Notification]:
        """Words of which nobody has asked yet whether they are to be mailed, too; the oldest first."""
        table = self._table
        query = select(table).where(table.c.mailed_at.is_(None)).order_by(table.c.id).limit(limit)
        return [_notification(row) for row in connection.execute(query)]

    def mark_mailed(self, tx: Transaction, ids: Sequence[int]) -> None:
        """They were mailed, or nobody wants them so."""
        table = self._table
        mine = table.c.id.in_(ids)
        tx.connection.execute(update(table).where(mine).values(mailed_at=self._clock.now()))

    def read(self, tx: Transaction, user_id: int, up_to: int) -> None:
        """The user has read all up to an id."""
        table = self._table
        mine = (table.c.user_id == user_id) & table.c.read_at.is_(None) & (table.c.id <= up_to)
        tx.connection.execute(update(table).where(mine).values(read_at=self._clock.now()))

    def prune(self, tx: Transaction, before: datetime) -> int:
        """Forget what was read, or has waited for a reader, since before a moment."""
        table = self._table
        return tx.connection.execute(delete(table).where(table.c.created_at < before)).rowcount


def _notification(row: Row[Any]) -> Notification:
    return Notification(**row._mapping)
