"""Which workflows, tools and jobs an admin has switched off."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from runtime.storage.runtime_tables import runtime_tables
from runtime.storage.transaction import Transaction


def switched_off(connection: Connection) -> frozenset[str]:
    """The workflows that are switched off."""
    return frozenset(connection.execute(select(runtime_tables().switched_off.c.workflow)).scalars())


def set_switch(tx: Transaction, workflow: str, now: datetime, user_id: int | None, *, on: bool) -> None:
    """Switch a workflow on or off; what has begun goes on."""
    table = runtime_tables().switched_off
    tx.connection.execute(delete(table).where(table.c.workflow == workflow))
    if not on:
        tx.connection.execute(insert(table).values(workflow=workflow, at=now, user_id=user_id))
