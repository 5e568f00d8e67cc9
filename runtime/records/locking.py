"""Locking: the related records that a module names in ``lock`` are locked before formulas and checks run.

Two who book the last seat at once take turns on the event; on SQLite one writes at a time anyway.
"""

from sqlalchemy import select

from runtime.records.among import among
from runtime.records.work import Batch


def lock_related(batch: Batch) -> None:
    """Lock them: a statement for each module that is pointed at, in the order of ids."""
    if batch.dialect == "sqlite":
        return
    wanted: dict[str, set[int]] = {}
    for works in batch.works.values():
        plan = works[0].plan
        for key in plan.module.dynamics.lock:
            found = {work.get(key) for work in works} | {(work.old or {}).get(key) for work in works}
            ids = {each for each in found if isinstance(each, int)}
            for target in plan.fields[key].targets:
                wanted.setdefault(target, set()).update(ids)
    for module in sorted(wanted):
        own_id = batch.plans[module].table.columns["id"][0]
        statement = select(own_id).where(among(own_id, wanted[module], batch.dialect)).order_by(own_id)
        batch.tx.connection.execute(statement.with_for_update())
