"""Whether somebody is writing to a database at this moment: whether a transaction that writes is open."""

import sqlite3
from contextlib import closing

from sqlalchemy import text

from runtime.storage.database import Database

WRITING = text(
    "SELECT 1 FROM pg_stat_activity"
    " WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
)


def is_writing(database: Database) -> bool:
    """Look at it from outside, without waiting: another connection's transaction has written something."""
    if database.dialect == "postgresql":
        with database.read() as connection:
            return connection.execute(WRITING).first() is not None
    with closing(sqlite3.connect(str(database.file), timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:  # it is locked
            return True
        return False
