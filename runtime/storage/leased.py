"""Rows that workers claim for a while: what operations, runs of workflows, mails and calls do alike."""

from datetime import datetime

from sqlalchemy import Table, update

from runtime.storage.transaction import Transaction


def ask_cancel(tx: Transaction, table: Table, row_id: int, now: datetime) -> bool:
    """Cancel what waits, and ask what runs to end when it can; says whether there was something."""
    mine = table.c.id == row_id
    waiting = update(table).where(mine, table.c.state == "queued")
    if tx.connection.execute(waiting.values(state="cancelled", finished_at=now)).rowcount:
        return True
    running = update(table).where(mine, table.c.state == "running")
    return bool(tx.connection.execute(running.values(cancel_at=now)).rowcount)


def free(tx: Transaction, table: Table, worker: str, now: datetime, claimed: str = "running") -> int:
    """End the leases of a worker that is known to be dead; says how many there were. ``claimed`` is the state
    of rows that somebody has.
    """
    mine = update(table).where(table.c.state == claimed, table.c.worker == worker)
    return tx.connection.execute(mine.values(lease_until=now)).rowcount
