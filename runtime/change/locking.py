"""The lock that whoever changes the database's structure holds until the transaction ends."""

from sqlalchemy import Connection, text

LOCK = 0x7E115
"""The first half of the advisory lock's key on PostgreSQL; the schema's name gives the other."""


def lock_configuration(connection: Connection, schema: str) -> None:
    """Take the lock. SQLite's write transaction is the lock itself."""
    if connection.dialect.name == "postgresql":
        statement = text("SELECT pg_advisory_xact_lock(:lock, hashtext(:schema))")
        connection.execute(statement, {"lock": LOCK, "schema": schema})
