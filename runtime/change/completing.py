"""Completing: a database that an earlier version of the program set up gets the runtime's tables and columns
that are new, and on PostgreSQL the functions as they are now.
"""

from typing import Any

from sqlalchemy import Column, MetaData
from sqlalchemy.schema import CreateIndex, CreateTable

from runtime.change.locking import lock_configuration
from runtime.storage.database import Database
from runtime.storage.ddl import add_column, functions_are_old, give_identity, identity_of, install_functions
from runtime.storage.inspect import Live, inspect
from runtime.storage.runtime_tables import runtime_tables


def complete(database: Database) -> tuple[str, ...]:
    """Make the tables and columns of the runtime that are missing, and say which; all of them, or none.
    Functions, too.

    Of several processes that start at once the first makes them. Nothing is written when nothing is missing.
    """
    metadata = runtime_tables().metadata
    with database.read() as connection:
        there = inspect(connection, database.schema)
        counters = metadata.tables["trellis_counters"]
        old = there.has(counters.name) and functions_are_old(connection, counters, database.schema)
        named = there.has(counters.name) and identity_of(connection) != 0
    is_whole = not _missing_columns(metadata, there) and all(map(there.has, metadata.tables))
    if named and is_whole and not old:
        return ()
    with database.write() as tx:
        lock_configuration(tx.connection, database.schema)
        there = inspect(tx.connection, database.schema)
        if old:
            install_functions(tx.connection, counters, database.schema)
        missing = [table for name, table in metadata.tables.items() if not there.has(name)]
        for table in missing:
            tx.connection.execute(CreateTable(table))
            for index in sorted(table.indexes, key=lambda index: str(index.name)):
                tx.connection.execute(CreateIndex(index))
        columns = _missing_columns(metadata, there)
        for column in columns:
            add_column(tx.connection, column)
        give_identity(tx.connection, counters)
    return (*(table.name for table in missing), *(str(column) for column in columns))


def _missing_columns(metadata: MetaData, there: Live) -> list[Column[Any]]:
    """The columns that tables which are there lack; each may be empty in the rows that stand."""
    return [
        column
        for name, table in metadata.tables.items()
        for column in table.columns
        if there.has(name) and not there.has(name, column.name)
    ]
