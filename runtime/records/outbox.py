"""The outbox: what is still to be done about a save, written with it, so that it is done once it is saved, or
never.

A save has one row for each module that it touched; ``records`` has the ids of what happened by what happened.
The row's key is made of the change set and the module: whoever carries it out twice is told so by its own
table.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from runtime.records.change_log import Entry
from runtime.records.work import Batch
from runtime.storage.bulk import insert_rows
from runtime.storage.runtime_tables import runtime_tables
from runtime.storage.transaction import Transaction

EVENT = "saved"

KEPT = timedelta(days=30)
"""How long the rows stay: those who follow what is saved take each in their own time."""
PRUNED = 10_000
"""Rows that are looked at in one tidying: the oldest, for ids come in the order of time."""


def write_outbox(batch: Batch, change_set: int, entries: list[Entry]) -> None:
    """Write the rows: one statement."""
    by_module: dict[str, dict[str, list[int]]] = {}
    for entry in entries:
        by_module.setdefault(entry.module, {}).setdefault(entry.action, []).append(entry.record_id)
    if not by_module:
        return
    ids = batch.tx.allocate_ids(len(by_module))
    insert_rows(
        batch.tx.connection,
        batch.plans.workplace.tables.outbox,
        {
            "id": ids,
            "module": list(by_module),
            "records": list(by_module.values()),
            "key": [f"{EVENT}:{change_set}:{module}" for module in by_module],
        },
        {"event": EVENT, "change_set_id": change_set, "next_at": batch.now, "created_at": batch.now},
    )


def prune_outbox(tx: Transaction, before: datetime) -> int:
    """Forget what saves before a moment have left, whether somebody took it or not; says how many rows."""
    table = runtime_tables().outbox
    oldest = select(table.c.id, table.c.created_at).order_by(table.c.id).limit(PRUNED)
    old = [row.id for row in tx.connection.execute(oldest) if row.created_at < before]
    if not old:
        return 0
    return tx.connection.execute(
        delete(table).where(table.c.id <= old[-1], table.c.created_at < before)
    ).rowcount
