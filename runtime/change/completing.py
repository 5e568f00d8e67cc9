"""Completing: a database that an earlier version of the program set up gets the runtime's tables that are
new.
"""

from sqlalchemy import MetaData
from sqlalchemy.schema import CreateIndex, CreateTable

from runtime.change.locking import lock_configuration
from runtime.storage.database import Database
from runtime.storage.inspect import inspect
from runtime.storage.runtime_tables import build_runtime_tables


def complete(database: Database) -> tuple[str, ...]:
    """Make the tables of the runtime that are missing, and say which; all of them, or none.

    Of several processes that start at once the first makes them. Nothing is written when nothing is missing.
    """
    metadata = MetaData()
    build_runtime_tables(metadata)
    with database.read() as connection:
        there = inspect(connection, database.schema)
    if all(there.has(name) for name in metadata.tables):
        return ()
    with database.write() as tx:
        lock_configuration(tx.connection, database.schema)
        there = inspect(tx.connection, database.schema)
        missing = [table for name, table in metadata.tables.items() if not there.has(name)]
        for table in missing:
            tx.connection.execute(CreateTable(table))
            for index in sorted(table.indexes, key=lambda index: str(index.name)):
                tx.connection.execute(CreateIndex(index))
    return tuple(table.name for table in missing)
