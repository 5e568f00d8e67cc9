"""The database of one site: reading, and the one way to write."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from runtime.storage.driving import run
from runtime.storage.engines import SAFE_SQLITE, Engines, open_engines
from runtime.storage.errors import BusyError, StorageError, UnavailableError
from runtime.storage.lock import WriteLock
from runtime.storage.transaction import Transaction
from runtime.storage.turnstile import Turnstile

log = logging.getLogger(__name__)

SQLITE_SIGNS = ("unable to open database", "disk is full", "disk I/O error")
"""What SQLite says when the machine, not the statement, is at fault."""

SMALL = 1000
"""Rows of a table of which SQLite had better not know how few they are."""

LOOKED_AT = 30
"""How closely PostgreSQL looks at a table after a large change: at 300 rows for each of these. Its own
autovacuum looks more closely a little later.
"""

BUSY_STATES = frozenset({"55P03", "40P01", "40001"})
"""PostgreSQL's codes for: the lock did not come in time, a deadlock, a serialisation failure."""


class Database:
    """One site's database. It is safe to share between threads."""

    def __init__(self, engines: Engines, schema: str, patience: float) -> None:
        self._reading = engines.reading
        self._writing = engines.writing
        self._aside = engines.aside
        self.schema = schema
        self.dialect: str = engines.writing.dialect.name
        self._lock = WriteLock(patience) if self.dialect == "sqlite" else None
        self._turnstile = Turnstile(self.file, patience) if self.file is not None else None

    @classmethod
    def open(cls, url: str, schema: str = "public", pool: int = 8, patience: float = 10.0) -> "Database":
        """Open a database by its SQLAlchemy address; SQLite's file and folder are made when they are not
        there.

        ``pool`` is how many connections may read, and on PostgreSQL how many may write, at one time;
        ``patience`` is the longest wait for a lock or a connection, in seconds. On PostgreSQL nothing is
        connected to yet. Raises :class:`UnavailableError`.
        """
        database = cls(open_engines(url, schema, pool, patience), schema, patience)
        if database.dialect == "sqlite":
            with database.write():  # makes the file, in WAL mode, before a reader may come
                pass
        return database

    @property
    def file(self) -> Path | None:
        """SQLite's file; None on PostgreSQL."""
        name = self._writing.url.database
        return Path(name).absolute() if self.dialect == "sqlite" and name else None

    @property
    def address(self) -> str:
        """The address as the database's own programs take it, the password included."""
        return self._writing.url.set(drivername=self.dialect).render_as_string(hide_password=False)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that only reads. Each statement sees what was committed when it began."""
        with _as_storage_errors():
            connection = self._reading.connect()
            try:
                yield connection
            finally:
                connection.close()

    @contextmanager
    def aside(self) -> Iterator[Connection]:
        """A connection of its own beside the pools, without a transaction, that may write: for what takes
        long, and on PostgreSQL goes on beside everybody else. On SQLite it takes no turns: only read there.
        """
        with _as_storage_errors(), self._aside.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that only reads, and sees one moment however long it reads."""
        with self.read() as connection:
            if self.dialect == "sqlite":
                connection.exec_driver_sql("BEGIN")
            else:
                connection.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                yield connection
            finally:
                connection.exec_driver_sql("ROLLBACK")

    @contextmanager
    def write(self, *, at_once: bool = True) -> Iterator[Transaction]:
        """A transaction: committed at the end, rolled back by an exception.

        Without ``at_once`` nobody waits for the disk: the last of such transactions may be lost when the
        machine (not the program) fails, whole and from the last one back, until :meth:`settle` or any other
        commit.
        On SQLite writers take turns, in a process in the order they came. Raises :class:`BusyError` when the
        wait is too long. What was asked for with ``after_commit`` is called last, when the lock is free
        again.
        """
        begin = self._writing.begin if at_once else self._begin_without_waiting
        with self._turn(), _as_storage_errors(), begin() as connection:
            transaction = Transaction(connection)
            yield transaction
        for call in transaction.afterwards:
            try:
                call()
            except Exception:
                log.exception("What was to happen after a commit failed.")

    @contextmanager
    def _begin_without_waiting(self) -> Iterator[Connection]:
        if self.dialect == "postgresql":
            with self._writing.begin() as connection:
                run(connection, "SET LOCAL synchronous_commit TO off", [()])  # goes with the first statement
                yield connection
            return
        with self._writing.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA synchronous=NORMAL")  # refused inside a transaction
            try:
                with connection.begin():
                    yield connection
            finally:
                driver.execute("PRAGMA synchronous=FULL")

    @contextmanager
    def rebuild(self) -> Iterator[Transaction]:
        """A transaction that may drop tables and make them again: SQLite would empty what points at them, so
        foreign keys are looked at once, at the end. Raises :class:`StorageError` when one leads nowhere.
        """
        if self.dialect != "sqlite":
            with self.write() as transaction:
                yield transaction
            return
        with self._turn(), _as_storage_errors(), self._writing.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA foreign_keys=OFF")  # says nothing inside a transaction
            try:
                with connection.begin():
                    yield Transaction(connection)
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                    if broken is not None:
                        raise StorageError(f"A row of {broken[0]} would point at nothing in {broken[2]}.")
            finally:
                driver.execute("PRAGMA foreign_keys=ON")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        # On SQLite: first among the threads of this process, then among the processes.
        if self._lock is None or self._turnstile is None:
            yield
            return
        self._lock.acquire()
        try:
            self._turnstile.acquire()
            try:
                yield
            finally:
                self._turnstile.release()
        finally:
            self._lock.release()

    def settle(self) -> None:
        """Wait until everything that was committed is on the disk."""
        with self.write() as transaction:
            if self.dialect == "postgresql":
                transaction.connection.exec_driver_sql("SELECT pg_current_xact_id()")
            else:
                transaction.allocate_ids(1)  # SQLite waits for what came before where something is written

    def optimize(self, *tables: str) -> None:
        """Let the database look at what these tables (without any: all) hold now, so that it plans well;
        after a large change.
        """
        with self.write() as transaction:
            quote = transaction.connection.dialect.identifier_preparer.quote
            if self.dialect == "sqlite":
                transaction.connection.exec_driver_sql("PRAGMA analysis_limit=1000")
            else:
                transaction.connection.exec_driver_sql(f"SET LOCAL default_statistics_target = {LOOKED_AT}")
            for table in [quote(name) for name in tables] or [""]:
                transaction.connection.exec_driver_sql(f"ANALYZE {table}")
            if self.dialect == "sqlite":
                # A small table grows, and what is known of it stays: then it would be read from end to end.
                transaction.connection.exec_driver_sql(
                    f"DELETE FROM sqlite_stat1 WHERE CAST(stat AS INTEGER) < {SMALL}"
                )
                transaction.connection.exec_driver_sql("ANALYZE sqlite_schema")

    def warnings(self) -> tuple[str, ...]:
        """What an administrator should know of the database engine itself."""
        if self.dialect == "sqlite" and sqlite3.sqlite_version_info < SAFE_SQLITE:
            safe = ".".join(map(str, SAFE_SQLITE))
            fault = (
                f"SQLite {sqlite3.sqlite_version} can in rare cases damage a database that several programs"
            )
            return (f"{fault} write to at once; {safe} does not. Processes of Trellis take turns.",)
        return ()

    def close(self) -> None:
        """Close every connection. The last one, a writing one, leaves SQLite's file whole by itself."""
        self._reading.dispose()
        self._writing.dispose()
        if self._turnstile is not None:
            self._turnstile.close()


@contextmanager
def _as_storage_errors() -> Iterator[None]:
    try:
        yield
    except PoolTimeoutError as error:
        raise BusyError("Every connection to the database is in use: try again in a moment.") from error
    except DBAPIError as error:
        if (known := storage_error(error)) is not None:
            raise known from error
        raise


def _silent(error: DBAPIError) -> UnavailableError:
    why = next(iter(str(error.orig).splitlines()), "").rstrip(".")
    return UnavailableError(
        f"The database does not answer: {why}. Nothing is half done: see that it runs and that"
        " TRELLIS_DATABASE names it, then do the same again."
    )


def storage_error(error: DBAPIError) -> StorageError | None:
    """The error as one of the database's own state; None when the statement itself is at fault."""
    state = getattr(error.orig, "sqlstate", None)
    if state in BUSY_STATES or "database is locked" in str(error.orig):
        return BusyError("Others are writing the same data: try again in a moment.")
    no_connection = state is not None and (state[:2] in ("08", "53", "57"))
    if error.connection_invalidated or no_connection or any(sign in str(error.orig) for sign in SQLITE_SIGNS):
        return _silent(error)
    if (
        type(error.orig).__name__ == "OperationalError"
        and state is None
        and not isinstance(error.orig, sqlite3.Error)
    ):
        return _silent(error)
    return None
