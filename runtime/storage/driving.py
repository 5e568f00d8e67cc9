"""Driving: statements that are text already go to the database's driver itself.

SQLAlchemy's own execution costs more than a small statement takes. An error is what its execution would
raise, and a broken connection is not put back into the pool.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

Described = Sequence[Sequence[Any]]


def fetch(connection: Connection, sql: str, given: Any) -> tuple[list[Any], Described]:
    """The rows of a statement as the driver gives them, and what it says of their columns."""
    driver = connection.connection
    cursor = driver.cursor()
    _tell(connection, cursor, sql, given)
    try:
        cursor.execute(sql, given)
        return list(cursor.fetchall()), cursor.description or ()
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_sqlalchemy_does(connection, sql, error, given) from error
    finally:
        cursor.close()


def fetch_last(connection: Connection, sql: str) -> list[Any]:
    """The rows of the last of several statements that have no parameters; PostgreSQL takes them at once."""
    driver = connection.connection
    cursor = driver.cursor()
    _tell(connection, cursor, sql, None)
    try:
        cursor.execute(sql)
        while cursor.nextset():
            pass
        return list(cursor.fetchall())
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_sqlalchemy_does(connection, sql, error, None) from error
    finally:
        cursor.close()


def run(connection: Connection, sql: str, rows: Sequence[Any]) -> None:
    """Run a statement that gives nothing back, once for each of the rows."""
    driver = connection.connection
    cursor = driver.cursor()
    _tell(connection, cursor, sql, rows)
    try:
        if len(rows) == 1:
            cursor.execute(sql, rows[0])
        else:
            cursor.executemany(sql, rows)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_sqlalchemy_does(connection, sql, error, rows) from error
    finally:
        cursor.close()


def _tell(connection: Connection, cursor: Any, sql: str, given: Any) -> None:
    # Whoever listens to what the engine executes hears of this, too.
    for listener in connection.dispatch.before_cursor_execute:
        listener(connection, cursor, sql, given, None, False)


def _as_sqlalchemy_does(connection: Connection, sql: str, error: Exception, given: Any) -> Exception:
    dialect = connection.dialect
    broken = dialect.is_disconnect(error, connection.connection, None)  # type: ignore[arg-type]
    if broken:
        connection.invalidate(error)
    base: Any = dialect.loaded_dbapi.Error
    return DBAPIError.instance(sql, given, error, base, connection_invalidated=broken, dialect=dialect)
