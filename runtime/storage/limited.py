"""Limited reading: a connection on which no statement runs longer than it may."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from runtime.storage.errors import StorageError

STEPS = 20_000
"""After so many steps of SQLite's machine the time is looked at."""
CANCELLED = "57014"
"""PostgreSQL's code for a statement that took too long."""


class TooLongError(StorageError):
    """A statement took longer than it may. Nothing was written."""


@contextmanager
def limited(connection: Connection, seconds: float) -> Iterator[Connection]:
    """The connection with a limit on everything that is asked of it; raises :class:`TooLongError`."""
    limit = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    with limit(connection, seconds):
        try:
            yield connection
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) == CANCELLED or "interrupted" in str(error.orig):
                raise TooLongError(f"It takes longer than {seconds:g} seconds.") from error
            raise


@contextmanager
def _sqlite(connection: Connection, seconds: float) -> Iterator[None]:
    driver: Any = connection.connection.driver_connection
    until = monotonic() + seconds
    driver.set_progress_handler(lambda: monotonic() > until, STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)


@contextmanager
def _postgresql(connection: Connection, seconds: float) -> Iterator[None]:
    connection.exec_driver_sql(f"SET statement_timeout = {int(seconds * 1000)}")
    try:
        yield
    finally:
        connection.exec_driver_sql("RESET statement_timeout")
