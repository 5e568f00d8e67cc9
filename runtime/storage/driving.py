"""Driving: statements that are text already go to the database's driver itself.

SQLAlchemy's own execution costs more than a small statement takes. An error is what its execution would
raise, and a broken connection is not put back into the pool.

In a transaction on PostgreSQL a statement that gives nothing back waits for the next one that does, for the
end of its savepoint or for the commit. What waited then goes to the server in as few statements as can be:
each of those costs a round trip, which is more than a small save does there. What is wrong with one of them
is raised then.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

Described = Sequence[Sequence[Any]]

WAITING = "trellis_waiting"
"""Where a connection keeps the statements that wait."""


class _Waiting(NamedTuple):
    # A statement that waits, and the one table that it writes; '' for one that has no parameters.
    sql: str
    given: Sequence[Any]
    table: str


def fetch(
    connection: Connection, sql: str, given: Any, learn: Callable[[Described], None] | None = None
) -> list[Any]:
    """The rows of a statement as the driver gives them. ``learn`` is told what it says of their columns;
    psycopg takes longer to say that than to give a row.
    """
    waiting = _statements(_take_waiting(connection))
    with ExitStack() as stack:
        with _in_one_trip(connection) if waiting else nullcontext():
            for each in waiting:
                _run(connection, *each)
            cursor = stack.enter_context(_cursor(connection, sql, given))
            cursor.execute(sql, given)
        rows: list[Any] = list(cursor.fetchall())
        if learn is not None:
            learn(cursor.description or ())
        return rows


def fetch_with_waiting(connection: Connection, sql: str, given: Sequence[Any], table: str) -> list[Any]:
    """The rows of a statement that writes a table; what waits goes along in one round trip, where it can."""
    waiting, together = _take_waiting(connection), [_Waiting(sql, given, table)]
    while waiting and _go_together(together, waiting[-1]):
        together.insert(0, waiting.pop())
    if waiting:
        connection.info[WAITING] = waiting
    return fetch(connection, *_as_one(together))


def fetch_each(connection: Connection, statements: Sequence[str]) -> list[list[Any]]:
    """The rows of each of several statements that have no parameters. PostgreSQL takes them at once,
    and those that wait with them.
    """
    if connection.dialect.name == "sqlite":
        return [fetch(connection, sql, ()) for sql in statements]
    waiting = _take_waiting(connection)
    if any(each.table for each in waiting):
        _send(connection, waiting)
        waiting = []
    sql = "; ".join((*(each.sql for each in waiting), *statements))
    with _cursor(connection, sql, None) as cursor:
        cursor.execute(sql)
        for _ in waiting:
            cursor.nextset()
        found: list[list[Any]] = []
        for _ in statements:
            found.append(list(cursor.fetchall()))
            cursor.nextset()
        return found


def run(connection: Connection, sql: str, rows: Sequence[Sequence[Any]], table: str = "") -> None:
    """Run a statement that gives nothing back, once for each of the rows; ``table`` is what it writes."""
    if len(rows) == 1 and (table or not rows[0]) and WAITING in connection.info:
        connection.info[WAITING].append(_Waiting(sql, rows[0], table))
        return
    send_waiting(connection)
    _run(connection, sql, rows)


def let_wait(connection: Connection) -> None:
    """Let the statements of a transaction that begins now wait for each other."""
    connection.info[WAITING] = []


def send_waiting(connection: Connection) -> None:
    """Send what waits, and wait for it."""
    if waiting := _take_waiting(connection):
        _send(connection, waiting)


def forget_since(connection: Connection, sql: str) -> bool:
    """Forget what waits from this statement on, and all that waits when it was sent: says whether it was."""
    waiting: list[_Waiting] = connection.info.get(WAITING, [])
    place = next((at for at, each in enumerate(waiting) if each.sql == sql), None)
    del waiting[place or 0 :]
    return place is None


def send_and_commit(connection: Connection) -> None:
    """Send what waits, and the end of the transaction with it: the driver's own has nothing left to do."""
    if waiting := _take_waiting(connection):
        _send(connection, [*waiting, _Waiting("COMMIT", (), "")])


def drop_waiting(connection: Connection) -> None:
    """The transaction has ended: nothing waits any more."""
    connection.info.pop(WAITING, None)


def _take_waiting(connection: Connection) -> list[_Waiting]:
    waiting: list[_Waiting] = connection.info.get(WAITING, [])
    if waiting:
        connection.info[WAITING] = []
    return waiting


def _send(connection: Connection, waiting: Sequence[_Waiting]) -> None:
    if not any(each.table for each in waiting):
        _run(connection, "; ".join(each.sql for each in waiting), [()])
        return
    statements = _statements(waiting)
    if len(statements) == 1:
        _run(connection, *statements[0])
        return
    with _in_one_trip(connection):
        for each in statements:
            _run(connection, *each)


def _statements(waiting: Sequence[_Waiting]) -> list[tuple[str, Sequence[Sequence[Any]]]]:
    # What waits, in as few statements as can be. The parts of one do not see what the others write, so that
    # each writes a table of its own.
    groups: list[list[_Waiting]] = []
    for each in waiting:
        if groups and _go_together(groups[-1], each):
            groups[-1].append(each)
        else:
            groups.append([each])
    return [(sql, [given]) for sql, given in map(_as_one, groups)]


def _go_together(before: Sequence[_Waiting], each: _Waiting) -> bool:
    return all(other.table and each.table and each.table != other.table for other in before)


def _as_one(together: Sequence[_Waiting]) -> tuple[str, Sequence[Any]]:
    *first, last = together
    parts = ", ".join(f"w{place} AS ({each.sql})" for place, each in enumerate(first))
    sql = f"WITH {parts} {last.sql}" if first else last.sql
    return sql, tuple(chain.from_iterable(each.given for each in together))


@contextmanager
def _in_one_trip(connection: Connection) -> Iterator[None]:
    # PostgreSQL gets the statements one after the other without being waited for in between; after one that
    # fails it does none, and its error is raised at the end.
    driver: Any = connection.connection.driver_connection
    try:
        with driver.pipeline():
            yield
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_sqlalchemy_does(connection, "several statements", error, ()) from error


def _run(connection: Connection, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    with _cursor(connection, sql, rows) as cursor:
        if len(rows) > 1:
            cursor.executemany(sql, rows)
        elif rows[0]:
            cursor.execute(sql, rows[0])
        else:
            cursor.execute(sql)


@contextmanager
def _cursor(connection: Connection, sql: str, given: Any) -> Iterator[Any]:
    cursor = connection.connection.cursor()
    _tell(connection, cursor, sql, given)
    try:
        yield cursor
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_sqlalchemy_does(connection, sql, error, given) from error
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
