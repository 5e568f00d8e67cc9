"""Standing: the records of a batch as they stand, locked, with the rights on them and their versions; and
what a deletion takes along and a restore brings back.
"""

from collections.abc import Collection, Mapping

from runtime.base.messages import message
from runtime.records import beginning, deletion, restore, writing_rights
from runtime.records.beginning import right_of
from runtime.records.deletion import Doomed
from runtime.records.plan import ModulePlan
from runtime.records.restore import Returning
from runtime.records.saving import Saving
from runtime.records.stored import Values, records_by_id
from runtime.records.work import FOUND_NOTHING, STALE, Asked, Work


def find(saving: Saving) -> None:
    """Find what is to be changed, deleted and brought back, and read what was written of it."""
    batch = saving.batch
    for key, them in batch.wanted.items():
        plan = batch.plans[key]
        ids = {asked.change.id for asked in them if asked.change.id is not None}
        standing = records_by_id(batch.tx.connection, plan, ids, batch.dialect)
        hidden = writing_rights.unseen(batch, plan, standing)
        standing = {number: values for number, values in standing.items() if number not in hidden}
        fixed = {
            right: writing_rights.fixed(batch, plan, right, standing)
            for right in {right_of(asked.change) for asked in them}
        }
        taken: set[int] = set()
        found = [_take(saving, plan, asked, standing, taken, fixed[right_of(asked.change)]) for asked in them]
        if works := [work for work in found if work is not None]:
            beginning.read(batch, works)


def _take(
    saving: Saving,
    plan: ModulePlan,
    asked: Asked,
    standing: Mapping[int, Values],
    taken: set[int],
    fixed: Collection[int],
) -> Work | None:
    batch, change = saving.batch, asked.change
    record_id = change.id or 0
    values = standing.get(record_id)
    gone = values is not None and values["deleted_at"] is not None
    if values is None or gone != (change.action == "restore"):
        asked.refuse("", FOUND_NOTHING, "not_found")
        return None
    verdict = batch.judge.may(batch.actor, plan.key, right_of(change), record=values)
    if record_id in fixed:
        verdict = writing_rights.NOT_YOURS
    if not verdict.allowed:
        for reason in verdict.reasons:
            asked.refuse("", reason, "forbidden")
        return None
    if record_id in taken:
        asked.refuse("", message("The same record is in the batch twice."))
        return None
    taken.add(record_id)
    version = int(str(values["version"]))
    if change.version is not None and change.version != version:
        asked.refuse("", STALE, "conflict")
    elif change.action == "delete":
        batch.turning.append((plan, record_id, False))
        parent = values.get("parent") if plan.parent is not None else None
        saving.doomed.append(
            (plan, Doomed(record_id, version, asked, parent if isinstance(parent, int) else None))
        )
    elif change.action == "restore":
        batch.turning.append((plan, record_id, True))
        saving.returning.append(Returning(plan, record_id, values, asked))
    else:
        work = Work(plan=plan, asked=asked, raw=change.values, id=record_id, old=values)
        batch.add(work)
        return work
    return None


def plan_removals(saving: Saving) -> None:
    """Find out what goes and what comes back, by the relations of what was asked for."""
    batch = saving.batch
    rows_gone: list[tuple[ModulePlan, Doomed]] = []
    by_module: dict[str, list[int]] = {}
    for removal in batch.removals:
        by_module.setdefault(removal.plan.key, []).append(removal.id)
    for key, ids in by_module.items():
        standing = records_by_id(batch.tx.connection, batch.plans[key], ids, batch.dialect, lock=False)
        rows_gone.extend(
            (removal.plan, Doomed(removal.id, int(str(standing[removal.id]["version"])), removal.asked))
            for removal in batch.removals
            if removal.plan.key == key
        )
    if rows_gone or saving.doomed:
        saving.deletion = deletion.plan_deletion(batch, [*rows_gone, *saving.doomed])
    saving.restoring = restore.plan_restore(batch, saving.returning)
