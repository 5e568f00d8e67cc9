"""Clocks: how far each trigger that waits for a time has looked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from runtime.storage.runtime_tables import runtime_tables
from runtime.storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Hand:
    """One clock: ``doing_at`` and ``place`` are there while it has not started all runs of a moment."""

    key: str
    seen_at: datetime
    doing_at: datetime | None = None
    place: str | None = None


def look(connection: Connection, key: str) -> Hand | None:
    """How far a clock is."""
    table = runtime_tables().clocks
    row = connection.execute(select(table).where(table.c.key == key)).first()
    return None if row is None else Hand(**row._mapping)


def keys(connection: Connection) -> frozenset[str]:
    """The clocks that there are."""
    return frozenset(connection.execute(select(runtime_tables().clocks.c.key)).scalars())


def begin(tx: Transaction, key: str, now: datetime) -> None:
    """Start a clock: what was before does not count."""
    table = runtime_tables().clocks
    add = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
    tx.connection.execute(add(table).values(key=key, seen_at=now).on_conflict_do_nothing())


def take(tx: Transaction, key: str) -> Hand | None:
    """A clock, which nobody else moves until the transaction has ended."""
    table = runtime_tables().clocks
    row = tx.connection.execute(select(table).where(table.c.key == key).with_for_update()).first()
    return None if row is None else Hand(**row._mapping)


def move(tx: Transaction, hand: Hand) -> None:
    """Keep how far a clock is by now."""
    table = runtime_tables().clocks
    values = {"seen_at": hand.seen_at, "doing_at": hand.doing_at, "place": hand.place}
    tx.connection.execute(update(table).where(table.c.key == hand.key).values(values))


def forget(tx: Transaction, known: frozenset[str]) -> None:
    """Drop the clocks of triggers that are not there any more: one that comes back begins anew."""
    table = runtime_tables().clocks
    if known:
        tx.connection.execute(delete(table).where(table.c.key.not_in(sorted(known))))
    else:
        tx.connection.execute(delete(table))
