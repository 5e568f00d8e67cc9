"""Copying a whole SQLite database: out of one that is in use, and back into one that nobody uses."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from runtime.expressions.database import register_sqlite
from runtime.storage.database import Database
from runtime.storage.errors import BusyError, UnavailableError

HEADER = b"SQLite format 3\0"
WAL_VERSIONS = b"\2\2"
"""The bytes 18 and 19 of a file whose database is in WAL mode."""


def sqlite_file(url: str) -> Path | None:
    """The file of an address of SQLite, whether it is there or not; None for other addresses."""
    try:
        address = make_url(url)
    except ArgumentError:
        return None
    is_file = address.get_backend_name() == "sqlite" and address.database
    return Path(str(address.database)).absolute() if is_file else None


def is_in_wal_mode(file: Path) -> bool:
    """Whether the file says so, without opening the database, which would turn it on."""
    with file.open("rb") as opened:
        head = opened.read(20)
    return head[:16] != HEADER or head[18:20] == WAL_VERSIONS


def copy_out(database: Database, target: Path) -> None:
    """Write a consistent copy of one moment into a new file, while others read and write.

    It has no free pages, so nothing of what was deleted goes along. Raises :class:`UnavailableError`.
    """
    with database.read() as connection:
        connection.exec_driver_sql("PRAGMA query_only=OFF")
        try:
            connection.exec_driver_sql("VACUUM INTO ?", (str(target),))
        except DBAPIError as error:
            raise UnavailableError(f"The database cannot be copied: {error.orig}.") from error
        finally:
            connection.exec_driver_sql("PRAGMA query_only=ON")
    _to_disk(target)


@contextmanager
def open_copy(file: Path) -> Iterator[Connection]:
    """A connection to a copy that nobody changes; it cannot write, and leaves nothing beside the file."""
    address = f"{file.absolute().as_uri()}?mode=ro&immutable=1"

    def connect() -> sqlite3.Connection:
        opened = sqlite3.connect(address, uri=True, check_same_thread=False)
        register_sqlite(opened)
        return opened

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def troubles(connection: Connection, most: int = 20) -> list[str]:
    """What SQLite finds wrong with the pages, the indexes and the foreign keys; nothing when all is well."""
    found = [str(row[0]) for row in connection.exec_driver_sql(f"PRAGMA integrity_check({most})")]
    told = [] if found == ["ok"] else found
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        told.append(f"{table} {row} points at a row of {parent} that is not there")
        if len(told) >= most:
            break
    return told


@contextmanager
def alone(file: Path, patience: float = 1.0) -> Iterator[sqlite3.Connection]:
    """A connection to a file, new or not, that no other program has open.

    Raises :class:`BusyError` when one has, and :class:`UnavailableError` when the file is no database.
    """
    with closing(sqlite3.connect(file, timeout=patience, isolation_level=None)) as opened:
        try:
            # Only who is alone may leave WAL mode, so this tells whether anybody else is there.
            mode = opened.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        except sqlite3.OperationalError:
            mode = "locked"
        except sqlite3.DatabaseError as error:
            moved = "move it away, and restore into an empty place"
            raise UnavailableError(f"{file} is damaged ({error}): {moved}.") from error
        if mode != "delete":
            raise BusyError(f"Another program has {file} open: stop `trellis serve` and the workers first.")
        yield opened


def copy_in(copy: Path, file: Path) -> None:
    """Make the database of a file, new or not, what the copy is: entirely or, when it is killed, not at all.

    Raises what :func:`alone` does.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with alone(file) as target:
        target.execute("PRAGMA synchronous=FULL")
        with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)) as source:
            source.backup(target)
        target.execute("PRAGMA journal_mode=WAL")
    _to_disk(file)
    file.chmod(file.stat().st_mode & 0o770)


def _to_disk(file: Path) -> None:
    for place in (file, file.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
