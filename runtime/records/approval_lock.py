"""What approvals lock: while one is pending, nobody changes those fields and rows, by whichever door.

The run that asks was written with the save that gave the cause for it, so that from that save on nothing of
it changes. The run itself may do so, when it has been decided.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from runtime.base.messages import message
from runtime.model.approval import Approval
from runtime.model.catalog import Catalog
from runtime.records.saving import Saving
from runtime.records.work import Asked, Batch, Work
from runtime.storage.approvals import pending_runs


@dataclass(frozen=True, slots=True)
class _Touched:
    """What a save does to a record that may be locked: a field or rows of it, or its deletion ('')."""

    module: str
    record_id: int
    key: str
    asked: Asked


def check(saving: Saving) -> None:
    """Refuse what touches something that is locked: one statement, where anything could be."""
    batch = saving.batch
    locking: dict[str, list[Approval]] = {}
    for approval in batch.plans.workplace.catalog.approvals.values():
        locking.setdefault(approval.module, []).append(approval)
    if not locking:
        return
    touched = [each for each in _touched(saving) if each.module in locking]
    touched = [each for each in touched if _is_locked_by(each, locking[each.module])]
    if not touched:
        return
    known = {approval.procedure.key: approval for each in locking.values() for approval in each}
    mine = {number for number, _ in batch.actor.chain}
    found = pending_runs(batch.tx.connection, known, {each.record_id for each in touched})
    pending = [(record, known[key]) for record, run, key in found if run not in mine]
    for each in touched:
        for record, approval in pending:
            if record == each.record_id and _is_locked_by(each, [approval]):
                _refuse(batch, each, approval)


def locking(catalog: Catalog, module: str) -> dict[str, Approval]:
    """The approvals that lock something of a module's records, by the keys of their procedures."""
    each = (approval for approval in catalog.approvals.values() if approval.module == module)
    return {approval.procedure.key: approval for approval in each if approval.lock}


def locked(connection: Connection, catalog: Catalog, module: str, record_id: int) -> frozenset[str]:
    """The fields and rows of a record that nobody changes while an approval of it is pending."""
    known = locking(catalog, module)
    found = pending_runs(connection, known, {record_id}) if known else ()
    return frozenset(key for _, _, procedure in found for key in known[procedure].lock)


def _is_locked_by(each: _Touched, approvals: list[Approval]) -> bool:
    return any(not each.key or each.key in approval.lock for approval in approvals)


def _refuse(batch: Batch, each: _Touched, approval: Approval) -> None:
    module = batch.plans[each.module].module
    if not each.key:
        reason = message(
            "It cannot be deleted while the approval “{approval}” is pending.", approval=approval.label
        )
        each.asked.refuse("", reason, "forbidden")
        return
    field = module.field(each.key)
    label = field.label if field is not None else module.collections[each.key].label
    reason = message(
        "{label} is locked while the approval “{approval}” is pending.", label=label, approval=approval.label
    )
    each.asked.refuse(each.key, reason)


def _touched(saving: Saving) -> Iterator[_Touched]:
    batch = saving.batch
    for work in batch.all():
        if work.plan.parent is None:
            yield from _fields(work)
        elif work.is_new or any(_differs(work, key) for key in (*work.values, *work.links)):
            yield from _row(work)
    for module, doomed in saving.deletion.doomed.items():
        plan = batch.plans[module]
        for each in doomed.values():
            if plan.parent is None:
                yield _Touched(module, each.id, "", each.asked)
                continue
            change, key = each.asked.change, plan.module.parent_key
            is_row_gone = change.module == plan.parent and change.action != "delete"
            if key is not None and change.id is not None and is_row_gone:
                yield _Touched(plan.parent, change.id, key, each.asked)


def _fields(work: Work) -> Iterator[_Touched]:
    if work.is_new:
        return
    for key in (*work.values, *work.links):
        if _differs(work, key):
            yield _Touched(work.plan.key, work.id, key, work.asked)


def _row(work: Work) -> Iterator[_Touched]:
    old = (work.old or {}).get("parent")
    parent = work.parent.id if work.parent is not None else work.get("parent") or old
    key = work.plan.module.parent_key
    if isinstance(parent, int) and key is not None and work.plan.parent is not None:
        yield _Touched(work.plan.parent, parent, key, work.asked)


def _differs(work: Work, key: str) -> bool:
    if key in work.links:
        return work.links[key].before != work.links[key].after
    field = work.plan.fields.get(key)
    if field is None or field.field.computed is not None or key == "position":
        return False
    return work.old is not None and key in work.values and work.values[key] != work.old.get(key)
