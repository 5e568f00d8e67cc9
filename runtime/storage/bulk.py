"""Inserting many rows at once, as quickly as each database can: what imports and large saves stand on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from runtime.storage import driving
from runtime.storage.copy_text import lines
from runtime.storage.inserting import Insert, insert_into
from runtime.storage.searching import LATER

SEARCHED = 32
"""From how many rows on SQLite's search entries are made together."""

TOGETHER = 1000
"""Rows of one INSERT on SQLite: in a savepoint, each statement keeps every page that it touches once more."""

PARAMETERS = 30_000
"""The most that one statement of SQLite is given; it takes 32,766."""

COPIED = 32
"""From how many rows on PostgreSQL's COPY is quicker than INSERT."""

SENT = 500
"""Rows that are made ready and sent to a COPY at once: the database works at them while the next are made."""

MANY = 500
"""From how many rows on it pays to do something else while the database works."""

Columns = Sequence[Sequence[Any]]
Piece = Callable[[int, int], Columns]
"""Gives the rows from one place up to another, column by column."""


def insert_rows(
    connection: Connection,
    table: Table,
    columns: Mapping[str, Sequence[Any]],
    constants: Mapping[str, Any],
    ready: frozenset[str] = frozenset(),
    search_index: str | None = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> None:
    """Insert rows that are given column by column, as :func:`insert_pieces` does.

    ``columns`` are lists of equal length, by the name of the column.
    """
    values = tuple(columns.values())

    def piece(first: int, last: int) -> Columns:
        return [each[first:last] for each in values]

    insert_pieces(
        connection, table, tuple(columns), len(values[0]), piece, constants, ready, search_index, meanwhile
    )


def insert_pieces(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    count: int,
    piece: Piece,
    constants: Mapping[str, Any],
    ready: frozenset[str] = frozenset(),
    search_index: str | None = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> None:
    """Insert rows that are made piece by piece, while the database works at the piece before: one statement
    for any number of them.

    ``piece`` gives the columns of these ``names``, ``constants`` are the same in every row, by name; both
    with the values that the column's type takes. ``ready`` names columns whose values are as the database
    wants them (JSON that is text already). ``meanwhile`` is called while the database works, or after it when
    there is little to do. Neither may use the connection, and what they read of each other's must stay as it
    is. Raises what an INSERT would raise.
    """
    insert = insert_into(table, (*names, *constants), ready, connection.dialect)
    rows = _Rows(insert, count, piece, tuple(constants.values()))
    if count < MANY:
        _write(connection, rows, search_index)
        meanwhile()
        return
    with ThreadPoolExecutor(1, "inserting") as thread:
        writing = thread.submit(_write, connection, rows, search_index)
        meanwhile()
        writing.result()


class _Rows:
    """Rows as the database's driver takes them, made when they are asked for."""

    def __init__(self, insert: Insert, count: int, piece: Piece, constants: Sequence[Any]) -> None:
        self.insert = insert
        self.count = count
        self._piece = piece
        self._makers = insert.makers[: len(insert.makers) - len(constants)]
        fixed = zip(constants, insert.makers[len(self._makers) :], strict=True)
        self._constants = [value if made is None else made(value) for value, made in fixed]

    def pieces(self, size: int) -> Iterator[list[Sequence[Any]]]:
        """The rows column by column, so many of them at a time."""
        for first in range(0, self.count, size):
            last = min(first + size, self.count)
            values: list[Sequence[Any]] = [
                given if made is None else [made(value) for value in given]
                for given, made in zip(self._piece(first, last), self._makers, strict=True)
            ]
            values.extend([value] * (last - first) for value in self._constants)
            yield values

    def value(self, name: str, place: int) -> Any:
        """What one row has in a column that needs no making."""
        return self._piece(place, place + 1)[self.insert.names.index(name)][0]


def _write(connection: Connection, rows: _Rows, search_index: str | None) -> None:
    insert, dialect = rows.insert, connection.dialect
    if dialect.name == "postgresql":
        if rows.count >= COPIED:
            _copy(connection, f"COPY {insert.target} FROM STDIN", rows)
            return
        for values in rows.pieces(COPIED):
            driving.run(connection, insert.one, list(zip(*values, strict=True)), insert.table)
        return
    if search_index is None or rows.count < SEARCHED:
        _insert(connection, rows)
        return
    connection.exec_driver_sql("INSERT INTO trellis_counters (key, value) VALUES (?, 1)", (LATER,))
    _insert(connection, rows)
    connection.exec_driver_sql(
        f"INSERT INTO {dialect.identifier_preparer.quote(search_index)} (rowid, search_text)"
        f" SELECT id, search_text FROM {insert.table} WHERE id BETWEEN ? AND ? AND search_text IS NOT NULL",
        (rows.value("id", 0), rows.value("id", rows.count - 1)),
    )
    connection.exec_driver_sql("DELETE FROM trellis_counters WHERE key = ?", (LATER,))


def _insert(connection: Connection, rows: _Rows) -> None:
    together: dict[int, list[tuple[Any, ...]]] = {}
    for values in rows.pieces(max(1, min(TOGETHER, PARAMETERS // len(rows.insert.names)))):
        given = tuple(chain.from_iterable(zip(*values, strict=True)))
        together.setdefault(len(values[0]), []).append(given)
    for size, some in together.items():
        driving.run(connection, rows.insert.of(size), some)


def _copy(connection: Connection, statement: str, rows: _Rows) -> None:
    import psycopg  # here, for SQLite does not need it

    driving.send_waiting(connection)
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for values in rows.pieces(SENT):
                if (text := lines(values)) is not None:
                    copy.write(text)
                    continue
                for row in zip(*values, strict=True):
                    copy.write_row(row)
    except psycopg.IntegrityError as error:
        raise IntegrityError(statement, None, error) from error
    except psycopg.DataError as error:
        raise DataError(statement, None, error) from error
    except psycopg.Error as error:
        raise DBAPIError(statement, None, error) from error
