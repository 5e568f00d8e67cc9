"""Settling: what of a batch really changes; what is new gets its id, its place and its number."""

from runtime.records import numbering, rows
from runtime.records.saving import Saving
from runtime.records.work import Batch, Work


def settle(saving: Saving) -> None:
    """Settle all of it; nothing can be refused from here on, but by the database."""
    batch = saving.batch
    works = batch.all()
    for work in works:
        if work.old is not None:
            old = work.old
            work.changed = tuple(key for key, value in work.values.items() if old.get(key) != value)
        if work.parent is not None and (work.is_new or work.changed or work.links):
            work.parent.touched = True
    batch.tx.reserve_ids(_ids_wanted(saving, works))
    fresh = [work for work in works if work.is_new]
    nameless = [work for work in fresh if work.id < 0]
    for work, record_id in zip(nameless, batch.tx.allocate_ids(len(nameless)), strict=True):
        work.id = record_id
    for work in fresh:
        if work.parent is not None:
            work.values["parent"] = work.parent.id
    for same in batch.works.values():
        _append(saving.batch, same)
        numbering.number(batch, same)


def _ids_wanted(saving: Saving, works: list[Work]) -> int:
    # For what is new, and the entries of all that is written, the outbox's rows and the change set.
    if not saving.anything():
        return 0
    new = sum(1 for work in works if work.id < 0)
    written = sum(1 for work in works if work.is_new or work.changed or work.links or work.touched)
    gone = sum(map(len, saving.deletion.doomed.values())) + len(saving.restoring.returning)
    return new + written + gone + len(saving.batch.works) + 1


def _append(batch: Batch, works: list[Work]) -> None:
    # Rows that are written by themselves stand after those that are there.
    plan = works[0].plan
    alone = [work for work in works if plan.parent is not None and work.parent is None and work.is_new]
    waiting = [work for work in alone if work.values.get("position") is None]
    if not waiting:
        return
    last = rows.last_positions(batch, plan, {int(str(work.values["parent"])) for work in waiting})
    for work in waiting:
        parent = int(str(work.values["parent"]))
        last[parent] = work.values["position"] = last.get(parent, 0) + 1
