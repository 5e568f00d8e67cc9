"""Forgets what was overwritten by a change of the configuration, and kept long enough."""

from datetime import datetime

from sqlalchemy import delete

from runtime.storage.runtime_tables import runtime_tables
from runtime.storage.transaction import Transaction


def prune_quarantine(tx: Transaction, now: datetime) -> int:
    """Forget the cells that were to be kept until a moment that is over; says how many."""
    kept = runtime_tables().quarantine
    return tx.connection.execute(delete(kept).where(kept.c.kept_until < now)).rowcount
