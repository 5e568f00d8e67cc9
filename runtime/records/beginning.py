"""Beginning: what a save makes of its changes before it asks the database anything.

The rights on the modules as a whole, and the records that are to be made: what was written of them is read,
rows included, and what is required is there.
"""

from types import MappingProxyType

from runtime.base.messages import message
from runtime.records import hidden_links, parse, rows, writing_rights
from runtime.records.access import Verdict
from runtime.records.change import Change
from runtime.records.plan import ModulePlan
from runtime.records.work import FOUND_NOTHING, Batch, Work

LARGEST = 1 << 63
"""No id is so large."""

RIGHTS = MappingProxyType({"save": "update", "delete": "delete", "restore": "delete"})
"""The right that each action needs on a record that stands."""


def begin(batch: Batch) -> None:
    """Take what is new into the batch, and read it; what is to be found first is noted in ``wanted``."""
    allowed: dict[tuple[str, str], Verdict] = {}
    for asked in batch.asked:
        change = asked.change
        plan = batch.plans.get(change.module)
        if plan is None:
            asked.refuse(
                "", message('There is no module "{module}".', module=change.module[:100]), "not_found"
            )
        elif change.action not in RIGHTS:
            asked.refuse("", message('"{action}" is nothing to do.', action=change.action[:100]))
        elif not (verdict := _on_the_module(batch, allowed, plan, change)).allowed:
            for reason in verdict.reasons:
                asked.refuse("", reason, "forbidden")
        elif change.id is not None and not 0 < change.id < LARGEST:
            asked.refuse("", FOUND_NOTHING, "not_found")
        elif change.id is not None:
            batch.wanted.setdefault(plan.key, []).append(asked)
        elif change.action == "save":
            batch.add(Work(plan=plan, asked=asked, raw=change.values, id=batch.fresh_id()))
        else:
            asked.refuse("", FOUND_NOTHING, "not_found")
    for works in [list(works) for works in batch.works.values()]:
        read(batch, works)


def right_of(change: Change) -> str:
    """The right that a change needs."""
    return "create" if change.action == "save" and change.id is None else RIGHTS[change.action]


def _on_the_module(
    batch: Batch, known: dict[tuple[str, str], Verdict], plan: ModulePlan, change: Change
) -> Verdict:
    # The right on the module as a whole is asked for once, however many records there are.
    right = right_of(change)
    verdict = known.get((plan.key, right))
    if verdict is None:
        verdict = known[plan.key, right] = batch.judge.may(batch.actor, plan.key, right)
    return verdict


def read(batch: Batch, works: list[Work]) -> None:
    """Read what was written of records of one module, and of their rows."""
    plan = works[0].plan
    writing_rights.keep_to_fields(batch, works)
    for work in works:
        parse.parse(batch, work)
    hidden_links.keep(batch, works)
    for work in works:
        parse.require(work, plan.required)
    if plan.rows:
        found = rows.expand(batch, works)
        by_module: dict[str, list[Work]] = {}
        for row in found:
            batch.add(row)
            by_module.setdefault(row.plan.key, []).append(row)
        for same in by_module.values():
            read(batch, same)
    if plan.parent is not None:
        _place(plan, [work for work in works if work.parent is None])


def _place(plan: ModulePlan, works: list[Work]) -> None:
    # Rows that are written by themselves, not in their parent's list.
    for work in works:
        parent = plan.fields["parent"]
        if work.old is None and work.values.get("parent") is None:
            work.refuse("parent", message("{label} is required.", label=parent.field.label))
        elif work.old is not None and work.values.get("parent", work.old["parent"]) != work.old["parent"]:
            work.refuse("parent", message("A row stays with its record."))
