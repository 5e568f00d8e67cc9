"""Turns: writers whose records are summed up in each other's take turns, so that no sum misses a row.

Two transactions on PostgreSQL do not see each other's rows: each would sum what it sees, and the one that
lands last would be wrong. SQLite has one writer at a time anyway.
"""

from runtime.storage.driving import fetch_each
from runtime.storage.transaction import Transaction

LOCK = 0x7E116
"""The first half of the advisory lock's key; the schema's name gives the other."""

_LOCK = f"SELECT pg_advisory_xact_lock({LOCK}, hashtext(current_schema()))"


def take_turn(tx: Transaction) -> None:
    """Wait until no other such writer is at work, and be the one until the transaction ends.

    Ask before any record is locked: whoever has one and waits here may be waited for by the one who writes.
    """
    if tx.connection.dialect.name == "postgresql" and not tx.has_turn:
        fetch_each(tx.connection, (_LOCK,))
        tx.has_turn = True
