"""Carrying a batch out: deletions, records, links, the computed fields that follow, the log, outbox, runs."""

from functools import partial

from runtime.records import (
    change_log,
    deletion,
    duplicates,
    guards,
    outbox,
    people,
    restore,
    staying_current,
    triggering,
    writing_rights,
)
from runtime.records.change_log import Log
from runtime.records.saving import Saving
from runtime.records.write import insert_records, touch, update_records, write_links
from runtime.records.written import written_by


def carry_out(saving: Saving, change_set: int) -> None:
    """Write all of it, as it is settled; what raises is for the caller to undo."""
    batch = saving.batch
    log = Log(deletion.carry_out(batch, saving.deletion))
    log.add(restore.carry_out(batch, saving.restoring))
    parents: dict[str, set[int]] = {}
    for works in sorted(batch.works.values(), key=lambda works: works[0].plan.depth):
        plan = works[0].plan
        new = [work for work in works if work.is_new]
        changed = [work for work in works if not work.is_new and (work.changed or work.links or work.touched)]
        insert_records(batch, plan, new, partial(log.tell, new))
        update_records(batch, plan, changed)
        duplicates.keep(batch, plan, (*new, *changed))
        for field in plan.linked:
            write_links(batch, field, [work for work in works if field.key in work.links])
        log.tell(changed)
        if plan.module.parent is not None:
            alone = (work for work in (*new, *changed) if work.parent is None)
            parents.setdefault(plan.module.parent, set()).update(
                int(str(work.get("parent"))) for work in alone
            )
    _touch_parents(saving, parents)
    if batch.plans.following.order or batch.plans.guards.any:
        written = written_by(batch, saving.deletion, saving.restoring, parents.items())
        staying_current.follow(batch, written, log)
        guards.hold(batch, written)
    writing_rights.hold(batch)
    people.mind(batch, log.entries)
    change_log.write_log(batch, change_set, log)
    outbox.write_outbox(batch, change_set, log.entries)
    triggering.stage(batch, change_set, log, saving.deletion, saving.restoring)


def _touch_parents(saving: Saving, parents: dict[str, set[int]]) -> None:
    # A record whose rows were written by themselves has changed: a form that was opened before must not
    # undo it.
    batch = saving.batch
    for plan, doomed in saving.doomed:
        going = doomed.id in saving.deletion.doomed.get(plan.key, {})
        if going and plan.parent is not None and doomed.parent is not None:
            parents.setdefault(plan.parent, set()).add(doomed.parent)
    for back in saving.returning:
        if back.plan.parent is not None and back.id in saving.restoring.returning:
            parents.setdefault(back.plan.parent, set()).add(int(str(back.values["parent"])))
    for module, ids in parents.items():
        known = {work.id for work in batch.works.get(module, ())}
        known.update(saving.deletion.doomed.get(module, ()), saving.restoring.returning)
        touch(batch, batch.plans[module], ids - known)
