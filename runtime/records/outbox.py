"""The outbox: what is still to be done about a save, written with it, so that it is done once it is saved, or
never.

A save has one row for each module that it touched; ``records`` has the ids of what happened by what happened.
The row's key is made of the change set and the module: whoever carries it out twice is told so by its own
table.
"""

from sqlalchemy import insert

from runtime.records.change_log import Entry
from runtime.records.work import Batch

EVENT = "saved"


def write_outbox(batch: Batch, change_set: int, entries: list[Entry]) -> None:
    """Write the rows: one statement."""
    by_module: dict[str, dict[str, list[int]]] = {}
    for entry in entries:
        by_module.setdefault(entry.module, {}).setdefault(entry.action, []).append(entry.record_id)
    if not by_module:
        return
    ids = batch.tx.allocate_ids(len(by_module))
    batch.tx.connection.execute(
        insert(batch.plans.workplace.tables.outbox),
        [
            {
                "id": outbox_id,
                "event": EVENT,
                "module": module,
                "records": records,
                "change_set_id": change_set,
                "key": f"{EVENT}:{change_set}:{module}",
                "next_at": batch.now,
                "created_at": batch.now,
            }
            for outbox_id, (module, records) in zip(ids, by_module.items(), strict=True)
        ],
    )
