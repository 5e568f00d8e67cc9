"""Generations: who writes records holds the revision it works with until its transaction ends.

The tables only grow, so whoever reads may finish on the revision it began with. A write may not: what it does
not know of (a new formula, a column that another has taken the place of) would be wrong from then on. So each
write asks first whether its revision is still the applied one, and the transaction that writes a new revision
waits until those that have asked are done. On SQLite there is one writer at a time anyway.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from runtime.storage.driving import fetch_each
from runtime.storage.errors import OutdatedError
from runtime.storage.transaction import Transaction

LOCK = 0x7E117
"""The first half of the advisory lock's key on PostgreSQL; the schema's name gives the other."""

_SHARE = f"SELECT pg_advisory_xact_lock_shared({LOCK}, hashtext(current_schema()))"
_NEWEST = "SELECT max(id) FROM trellis_revisions"


def hold_revision(tx: Transaction, revision: int | None) -> None:
    """Keep a revision the applied one until the transaction ends; None where nothing is applied yet.

    Ask before any record is locked. Raises :class:`OutdatedError` when another one is applied by now; nothing
    has then been written, and the same can be tried with the newest.
    """
    if revision is None or tx.revision == revision:
        return
    check_revision(tx, revision, fetch_each(tx.connection, holding(tx))[-1])


def holding(tx: Transaction) -> tuple[str, ...]:
    """The statements that hold a revision; the rows of the last are for :func:`check_revision`."""
    # Two nevertheless: the second must see what landed while the first waited.
    return (_NEWEST,) if tx.connection.dialect.name == "sqlite" else (_SHARE, _NEWEST)


def check_revision(tx: Transaction, revision: int, rows: Sequence[Any]) -> None:
    """Raise :class:`OutdatedError` where another revision than this is applied."""
    newest = rows[0][0] if rows else None
    if newest is not None and newest != revision:
        raise OutdatedError(f"Revision {newest} was applied while this was done with revision {revision}.")
    tx.revision = revision


def await_writers(connection: Connection) -> None:
    """Wait until nobody is writing records, and let nobody begin before the transaction has ended."""
    if connection.dialect.name == "postgresql":
        statement = text("SELECT pg_advisory_xact_lock(:lock, hashtext(current_schema()))")
        connection.execute(statement, {"lock": LOCK})
