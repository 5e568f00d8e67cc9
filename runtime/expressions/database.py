"""The functions the databases need: registered on SQLite connections, made in a PostgreSQL schema."""

import sqlite3

from runtime.expressions import text, times


def register_sqlite(connection: sqlite3.Connection) -> None:
    """Make every function known to a connection; for each connection that is opened."""
    for name, one_argument in text.sqlite_functions().items():
        connection.create_function(name, 1, one_argument, deterministic=True)
    for name, two_arguments in times.sqlite_functions().items():
        connection.create_function(name, 2, two_arguments, deterministic=True)


def postgresql_functions(schema: str = "public") -> list[str]:
    """The statements that make every function in a schema, or replace them."""
    return text.postgresql_functions(schema)
