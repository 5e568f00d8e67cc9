"""Trying: a place on a database where tests may make what they like, and that is gone afterwards."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from runtime.storage.database import Database
from runtime.storage.engines import quoted


@contextmanager
def own_schema(address: str | None) -> Iterator[str]:
    """The name of a schema that nobody has, dropped with all that is in it at the end; SQLite has none."""
    if address is None or address.startswith("sqlite"):
        yield "public"
        return
    schema = f"trellis_test_{secrets.token_hex(6)}"
    try:
        yield schema
    finally:
        database = Database.open(address, schema, 1)
        try:
            with database.write() as tx:
                tx.connection.execute(text(f"DROP SCHEMA IF EXISTS {quoted(schema)} CASCADE"))
        finally:
            database.close()
