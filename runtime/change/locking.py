"""The locks of an apply: one apply at a time, nobody else changes the structure, nobody writes meanwhile."""

import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from runtime.storage.database import Database
from runtime.storage.errors import BusyError, UnavailableError
from runtime.storage.generations import await_writers

log = logging.getLogger(__name__)
Outcome = TypeVar("Outcome")

LOCK = 0x7E115
"""The first half of the advisory lock's key on PostgreSQL; the schema's name gives the other."""
APPLYING = 0x7E118
"""The same for the lock that an apply holds from its first transaction to its last."""
ASKING = 0x7E119
"""The same for the lock of whoever asks for an apply that another process carries out."""

PATIENCE = 10.0
"""Seconds that an apply waits for another one."""
PAUSE = 0.1
BUSY_PATIENCE = 60.0
"""Seconds for which an apply tries to come between those who read and write."""
ATTEMPTS = 3
"""How often the plan is made anew when records that came meanwhile break it."""
WRITERS_MS = 2000
"""How long an apply waits for those who are writing, while others who want to write wait behind it."""
TABLE_MS = 500
"""How long it waits for a table, while readers wait behind it."""
HOLDER = """
SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
  AND l.classid = CAST(CAST(:lock AS bigint) AS oid)
  AND l.objid = CAST(CAST(hashtext(:schema) AS bigint) & 4294967295 AS oid)
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
"""Who holds the lock of an apply, by the name that its connection was given."""


def lock_configuration(connection: Connection, schema: str) -> None:
    """Take the lock of whoever changes the database's structure, until the transaction ends. SQLite's write
    transaction is the lock itself.
    """
    if connection.dialect.name == "postgresql":
        statement = text("SELECT pg_advisory_xact_lock(:lock, hashtext(:schema))")
        connection.execute(statement, {"lock": LOCK, "schema": schema})


def stop_writers(connection: Connection) -> None:
    """Wait until nobody writes records, and let nobody begin before the transaction has ended.

    From then on the transaction waits for a table only shortly: on PostgreSQL everybody who wants to read it
    would wait behind. Raises :class:`BusyError` (through the transaction) when it takes longer; try again.
    """
    if connection.dialect.name == "postgresql":
        _wait_at_most(connection, WRITERS_MS)
        await_writers(connection)
        _wait_at_most(connection, TABLE_MS)


def be_brief(connection: Connection) -> None:
    """Wait for a table only shortly, in this transaction."""
    if connection.dialect.name == "postgresql":
        _wait_at_most(connection, TABLE_MS)


def again_while_busy(work: Callable[[], Outcome]) -> Outcome:
    """Do what is one transaction, and do it again where it had to wait for too long, or where records that
    came meanwhile have broken it; between two attempts those go on who waited behind it.
    """
    until, broken = time.monotonic() + BUSY_PATIENCE, 0
    while True:
        try:
            return work()
        except BusyError:
            if time.monotonic() >= until:
                raise
            log.info("others are at work; the apply tries again")
        except IntegrityError:
            broken += 1
            if broken == ATTEMPTS:
                raise
            log.warning("Records were written that the plan did not know of; it is made again.")
        time.sleep(PAUSE)


@contextmanager
def applying(database: Database, by: str | None = None, patience: float = PATIENCE) -> Iterator[None]:
    """Be the one who applies, over several transactions; when the process dies, it is free again. ``by`` is
    what others are told who wait.

    Raises :class:`BusyError` when another apply goes on for too long, saying whose and since when.
    """
    hold = (
        _postgresql(database, by, patience) if database.file is None else _sqlite(database.file, by, patience)
    )
    with hold:
        yield


def who_applies(database: Database) -> str | None:
    """Who is applying to the database right now, and since when, as they said it; None where nobody is."""
    if database.file is None:
        with database.read() as connection:
            key = {"lock": APPLYING, "schema": database.schema}
            found = connection.execute(text(HOLDER), key).first()
        return None if found is None else str(found[0] or "")
    name = _lock_file(database.file)
    if not name.exists():
        return None
    lock = os.open(name, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(lock, 500, 0).decode("utf-8", "replace")
    finally:
        os.close(lock)
    return None


def lock_asking(connection: Connection, schema: str) -> None:
    """Be the only one who asks for an apply, until the transaction ends: of two at once the second sees what
    the first has asked for. SQLite's write transaction is the lock itself.
    """
    if connection.dialect.name == "postgresql":
        statement = text("SELECT pg_advisory_xact_lock(:lock, hashtext(:schema))")
        connection.execute(statement, {"lock": ASKING, "schema": schema})


@contextmanager
def _postgresql(database: Database, by: str | None, patience: float) -> Iterator[None]:
    key = {"lock": APPLYING, "schema": database.schema}
    with database.aside() as connection:
        attempt = text("SELECT pg_try_advisory_lock(:lock, hashtext(:schema))")
        holder = text(HOLDER)
        _until(
            lambda: bool(connection.execute(attempt, key).scalar()),
            lambda: str(connection.execute(holder, key).scalar() or ""),
            patience,
        )
        name = text("SELECT set_config('application_name', :name, false)")
        connection.execute(name, {"name": _said(by)[:63].encode("ascii", "replace").decode()})
        yield  # the connection is closed then, and the lock goes with it


@contextmanager
def _sqlite(file: Path, by: str | None, patience: float) -> Iterator[None]:
    name = _lock_file(file)
    try:
        lock = os.open(name, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise UnavailableError(f"{name} cannot be opened: {error.strerror}.") from error
    try:
        _until(lambda: _locked(lock), lambda: os.pread(lock, 500, 0).decode("utf-8", "replace"), patience)
        os.truncate(lock, 0)
        os.pwrite(lock, _said(by).encode()[:500], 0)
        yield
    finally:
        os.close(lock)


def _lock_file(file: Path) -> Path:
    return file.with_name(file.name + "-apply")


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _until(taken: Callable[[], bool], holder: Callable[[], str], patience: float) -> None:
    until = time.monotonic() + patience
    while not taken():
        if time.monotonic() >= until:
            said = holder()
            whose = f", begun {said}," if said else ""
            raise BusyError(f"Another apply{whose} is at work on this database: wait until it has ended.")
        time.sleep(PAUSE)


def _said(by: str | None) -> str:
    """``2026-03-04 12:00:07 UTC by ada``; what fits into 63 characters."""
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return f"{since} by {by}" if by else since


def _wait_at_most(connection: Connection, milliseconds: int) -> None:
    connection.execute(text(f"SET LOCAL lock_timeout = {milliseconds}"))
