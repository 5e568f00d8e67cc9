"""Inserting many rows at once, as quickly as each database can: what imports and large saves stand on."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, repeat
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from runtime.storage import driving
from runtime.storage.copy_text import lines
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
"""Rows that are sent to a COPY at once."""

MANY = 500
"""From how many rows on it pays to do something else while the database works."""


def insert_rows(
    connection: Connection,
    table: Table,
    columns: Mapping[str, Sequence[Any]],
    constants: Mapping[str, Any],
    ready: frozenset[str] = frozenset(),
    search_index: str | None = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> None:
    """Insert rows that are given column by column: one statement for any number of them.

    ``columns`` are lists of equal length, ``constants`` are the same in every row; both by the name of the
    column, with the values that the column's type takes. ``ready`` names columns whose values are as the
    database wants them (JSON that is text already). ``meanwhile`` is called while the database works, or
    after it when there is little to do; it must not use the connection. Raises what an INSERT would raise.
    """
    dialect = connection.dialect
    names = (*columns, *constants)
    count = len(next(iter(columns.values())))
    values: list[Sequence[Any]] = []
    for name in names:
        given = columns[name] if name in columns else (constants[name],)
        made = None if name in ready else table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        processed = given if made is None else [made(value) for value in given]
        values.append(processed if name in columns else [processed[0]] * count)

    def write() -> None:
        _write(connection, table, names, values, search_index)

    if count < MANY:
        write()
        meanwhile()
        return
    with ThreadPoolExecutor(1, "inserting") as thread:
        writing = thread.submit(write)
        meanwhile()
        writing.result()


def _write(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    values: Sequence[Sequence[Any]],
    search_index: str | None,
) -> None:
    dialect = connection.dialect
    preparer = dialect.identifier_preparer
    listed = ", ".join(preparer.quote(name) for name in names)
    target = f"{preparer.format_table(table)} ({listed})"
    if dialect.name == "postgresql" and len(values[0]) >= COPIED:
        _copy(connection, f"COPY {target} FROM STDIN", values)
        return
    rows = list(zip(*values, strict=True))
    if dialect.name == "postgresql":
        places = ", ".join(repeat("%s", len(names)))
        driving.run(connection, f"INSERT INTO {target} VALUES ({places})", rows)
        return
    if search_index is None or len(rows) < SEARCHED:
        _insert(connection, target, rows)
        return
    connection.exec_driver_sql("INSERT INTO trellis_counters (key, value) VALUES (?, 1)", (LATER,))
    _insert(connection, target, rows)
    name, index, place = preparer.format_table(table), preparer.quote(search_index), names.index("id")
    connection.exec_driver_sql(
        f"INSERT INTO {index} (rowid, search_text)"
        f" SELECT id, search_text FROM {name} WHERE id BETWEEN ? AND ? AND search_text IS NOT NULL",
        (rows[0][place], rows[-1][place]),
    )
    connection.exec_driver_sql("DELETE FROM trellis_counters WHERE key = ?", (LATER,))


def _insert(connection: Connection, target: str, rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    width = len(rows[0])
    together = max(1, min(TOGETHER, PARAMETERS // width))
    whole = len(rows) - len(rows) % together
    for size, some in ((together, rows[:whole]), (len(rows) - whole, rows[whole:])):
        if some:
            row = f"({', '.join(repeat('?', width))})"
            statement = f"INSERT INTO {target} VALUES {', '.join(repeat(row, size))}"
            values = [tuple(chain.from_iterable(some[at : at + size])) for at in range(0, len(some), size)]
            driving.run(connection, statement, values)


def _copy(connection: Connection, statement: str, values: Sequence[Sequence[Any]]) -> None:
    import psycopg  # here, for SQLite does not need it

    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for at in range(0, len(values[0]), SENT):  # the database works at the first ones meanwhile
                some = [column[at : at + SENT] for column in values]
                if (text := lines(some)) is not None:
                    copy.write(text)
                    continue
                for row in zip(*some, strict=True):
                    copy.write_row(row)
    except psycopg.IntegrityError as error:
        raise IntegrityError(statement, None, error) from error
    except psycopg.DataError as error:
        raise DataError(statement, None, error) from error
    except psycopg.Error as error:
        raise DBAPIError(statement, None, error) from error
