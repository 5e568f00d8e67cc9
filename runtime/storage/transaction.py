"""The transaction: the one seam through which data is written."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from runtime.storage.driving import fetch, forget_since, run, send_waiting

IDS = "ids"
"""The counter of the site's one id space (a row on SQLite, a sequence on PostgreSQL)."""

_NEXT_IDS = (
    "SELECT min(id), max(id), CASE WHEN max(id) - min(id) >= {n} THEN array_agg(id) END"
    " FROM (SELECT nextval('trellis_ids') AS id FROM generate_series(1, {n})) AS taken"
)
"""Ids that others took some in between of are listed; else the first and the last say them all."""


class Transaction:
    """One unit of work: everything on its connection lands together, or nothing does."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.revision: int | None = None  # the one that is held; see runtime.storage.generations
        self.has_turn = False  # see runtime.storage.turns
        self._afterwards: list[Callable[[], object]] = []
        self._ids: list[int] = []
        self._more_ids = 0
        self._savepoints = 0

    def allocate_ids(self, n: int) -> list[int]:
        """``n`` ids that no other record of the site has or will have, in ascending order."""
        self.reserve_ids(n)
        taken, self._ids = self._ids[:n], self._ids[n:]
        return taken

    def reserve_ids(self, n: int) -> None:
        """Have ``n`` ids at hand, so that :meth:`allocate_ids` asks the database once for several wants."""
        missing = n - len(self._ids)
        if missing > 0:
            self._ids += self._fetch_ids(missing + self._more_ids)
            self._more_ids = 0

    def asking_ids(self, n: int) -> str:
        """A statement of PostgreSQL's that gives ``n`` ids, for :meth:`take_ids`."""
        return _NEXT_IDS.format(n=n)

    def take_ids(self, rows: Sequence[Any]) -> None:
        """Have those ids at hand that :meth:`asking_ids` gave."""
        self._ids += _ids(rows)

    def expect_ids(self, n: int) -> None:
        """So many ids will be wanted beside the next ones that are: they are asked for together."""
        self._more_ids += n

    def _fetch_ids(self, n: int) -> list[int]:
        if self.connection.dialect.name == "postgresql":
            return _ids(fetch(self.connection, _NEXT_IDS.replace("{n}", "%(n)s"), {"n": n}))
        last = self._advance(IDS, n)
        return list(range(last - n + 1, last + 1))

    def next_numbers(self, key: str, n: int) -> int:
        """The first of ``n`` consecutive numbers of a counter, which starts at 1.

        Others who want the same counter wait until this transaction has ended, so none is given twice, and
        none is lost when it fails. Whoever needs several counters asks for them in the order of their keys,
        lest two writers wait for each other.
        """
        return self._advance(key, n) - n + 1

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the transaction that can fail by itself: an exception undoes the part and goes on up."""
        point = self.mark()
        try:
            yield
            point.keep()
        except BaseException:
            point.undo()
            raise

    def mark(self) -> "Savepoint":
        """A savepoint, for whoever says himself what becomes of it."""
        self._savepoints += 1
        return Savepoint(self, f"trellis_{self._savepoints}")

    def forget_ids(self) -> None:
        """Give no reserved id any more: SQLite's counter has gone back, and gives them again."""
        self._ids.clear()

    def after_commit(self, call: Callable[[], object]) -> None:
        """Call this once everything has landed, outside the lock; not at all when it does not land."""
        self._afterwards.append(call)

    @property
    def afterwards(self) -> tuple[Callable[[], object], ...]:
        """What is to be called after the commit, in the order it was asked for."""
        return tuple(self._afterwards)

    def _advance(self, key: str, n: int) -> int:
        # The counter's value after n more, in one statement.
        key_place, n_place = (
            ("?1", "?2") if self.connection.dialect.name == "sqlite" else ("%(key)s", "%(n)s")
        )
        parameters = (key, n) if self.connection.dialect.name == "sqlite" else {"key": key, "n": n}
        rows = fetch(
            self.connection,
            f"INSERT INTO trellis_counters (key, value) VALUES ({key_place}, {n_place})"
            f" ON CONFLICT (key) DO UPDATE SET value = trellis_counters.value + {n_place} RETURNING value",
            parameters,
        )
        return int(rows[0][0])


class Savepoint:
    """A place in a transaction that it can go back to."""

    def __init__(self, tx: Transaction, name: str) -> None:
        self._tx = tx
        self._connection = tx.connection
        self._name = name
        self._held = tx.revision, tx.has_turn
        send_waiting(self._connection)  # what is wrong with that is no matter of this savepoint
        run(self._connection, f"SAVEPOINT {name}", [()])

    def keep(self) -> None:
        """Let what came since stand; raises what the database finds wrong with it."""
        run(self._connection, f"RELEASE SAVEPOINT {self._name}", [()])
        send_waiting(self._connection)

    def undo(self) -> None:
        """Go back. Where the connection is gone, so is everything."""
        self._tx.forget_ids()
        self._tx.revision, self._tx.has_turn = self._held  # a lock that was taken since is given back
        if not self._connection.invalidated and forget_since(self._connection, f"SAVEPOINT {self._name}"):
            run(self._connection, f"ROLLBACK TO SAVEPOINT {self._name}", [()])


def _ids(rows: Sequence[Any]) -> list[int]:
    first, last, apart = rows[0]
    return list(range(first, last + 1)) if apart is None else sorted(apart)
