"""Recent: the records that each user has looked at lately, newest first, each once.

Looking at a record must not wait for a writer, so a look is noted in memory and written down after the page
has been sent: by one thread at a time, all that is noted in one go.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from runtime.base.clock import Clock
from runtime.storage.errors import StorageError
from runtime.storage.tables import Tables
from runtime.storage.transaction import Transaction

KEPT = 30
"""So many records are remembered of each user."""
WAITING = 1000
"""So many looks may wait to be written down; more are forgotten."""
AGAIN = timedelta(minutes=1)
"""A second look within this time is not written down again."""
log = logging.getLogger(__name__)

Place = tuple[str, int]
"""A module and a record of it."""


class Recent:
    """The recent records of one snapshot's users.

    A record is kept with its module's table, whose name stays when the module gets another.
    """

    def __init__(self, tables: Tables, clock: Clock) -> None:
        self._tables = tables
        self._table = tables.runtime.recent
        self._clock = clock
        self._waiting: dict[tuple[int, int], tuple[str, datetime]] = {}
        self._latest: dict[int, tuple[int, datetime]] = {}
        self._guard = threading.Lock()
        self._turn = threading.Lock()

    def note(self, user_id: int, module: str, record_id: int) -> bool:
        """Note that a user looks at a record; says whether there is something to write down."""
        now = self._clock.now()
        with self._guard:
            latest = self._latest.get(user_id)
            if latest is not None and latest[0] == record_id and now - latest[1] < AGAIN:
                return bool(self._waiting)
            if len(self._latest) >= WAITING:
                self._latest.clear()
            self._latest[user_id] = (record_id, now)
            self._waiting.pop((user_id, record_id), None)
            if len(self._waiting) < WAITING:
                self._waiting[user_id, record_id] = (self._tables.module(module).table.name, now)
        return True

    def write_down(self, write: Callable[[], AbstractContextManager[Transaction]]) -> None:
        """Write down what is noted; ``write`` opens a transaction. While another thread does, this does
        nothing. What cannot be written is forgotten.
        """
        while self._waiting and self._turn.acquire(blocking=False):
            try:
                taken = self._taken()
                with write() as tx:
                    self._write(tx.connection, taken)
            except StorageError as error:
                log.warning("What was looked at is not remembered: %s", error)
            finally:
                self._turn.release()

    def of(self, connection: Connection, user_id: int) -> list[Place]:
        """The records that a user has looked at, newest first; of modules that are still there."""
        table = self._table
        kept = connection.execute(
            select(table.c.module, table.c.record_id)
            .where(table.c.user_id == user_id)
            .order_by(table.c.viewed_at.desc())
            .limit(KEPT)
        ).all()
        with self._guard:
            noted = [
                (name, record_id)
                for (user, record_id), (name, _) in reversed(self._waiting.items())
                if user == user_id
            ]
        return places(self._tables, [*noted, *((name, record_id) for name, record_id in kept)])

    def _taken(self) -> list[dict[str, object]]:
        with self._guard:
            taken = [
                {"user_id": user_id, "record_id": record_id, "module": name, "viewed_at": at}
                for (user_id, record_id), (name, at) in self._waiting.items()
            ]
            self._waiting.clear()
        return taken

    def _write(self, connection: Connection, taken: Sequence[dict[str, object]]) -> None:
        if not taken:
            return
        table = self._table
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        statement = insert(table)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["user_id", "record_id"], set_={"viewed_at": statement.excluded.viewed_at}
            ),
            list(taken),
        )
        for user_id in {each["user_id"] for each in taken}:
            older = (
                select(table.c.viewed_at)
                .where(table.c.user_id == user_id)
                .order_by(table.c.viewed_at.desc())
                .offset(KEPT)
                .limit(1)
            )
            connection.execute(
                delete(table).where(table.c.user_id == user_id, table.c.viewed_at <= older.scalar_subquery())
            )


def places(tables: Tables, kept: Sequence[tuple[str, int]]) -> list[Place]:
    """Table names and ids as modules and ids, each once; a table that no module has any more is left out."""
    modules = {module.table.name: key for key, module in tables.modules.items()}
    found = [(modules[name], record_id) for name, record_id in kept if name in modules]
    return list(dict.fromkeys(found))
