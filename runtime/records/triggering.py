"""Triggering: which workflows a save sets going. Their runs are rows of its own transaction.

Who looks at what is known beforehand (:mod:`runtime.records.watching`), so a save that nobody looks at costs
nothing. Conditions are asked together for all records of a module, as many statements for one as for 10,000.
A record has one run of a workflow at most, however many of its triggers a save fires.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from runtime.base.messages import message, to_json
from runtime.fields.base import InvalidValueError
from runtime.model.workflow import CHANGED, CREATED, DEEPEST, DELETED, RESTORED, UPDATED, Workflow
from runtime.records.change import Change
from runtime.records.change_log import Log, links_json
from runtime.records.deletion import Deletion
from runtime.records.neighbours import Happened, owners_of
from runtime.records.plan import ModulePlan
from runtime.records.restore import Restoring
from runtime.records.seen import Seen
from runtime.records.stored import records_by_id
from runtime.records.watching import Watched, Watcher
from runtime.records.work import Asked, Batch, Work
from runtime.storage.bulk import insert_rows
from runtime.storage.once import claim_once
from runtime.storage.runs import CUT, QUEUED, look_again
from runtime.storage.switches import switched_off

APPROVAL = "approval:"
"""What the keys of approvals begin with."""
TOO_DEEP = message(
    "The run was not begun: {count} runs led to it, each the cause of the next ({chain}). "
    "Two workflows probably set each other going."
)


@dataclass(slots=True)
class Hit:
    """A workflow that looks at what happened to a record."""

    watcher: Watcher
    work: Work
    what: str
    changed: set[str] = field(default_factory=set)


Hits = dict[str, dict[int, Hit]]
"""By the workflow's key, and the record's id."""


def stage(batch: Batch, change_set: int, log: Log, deletion: Deletion, restoring: Restoring) -> None:
    """Write the runs that a save sets going; all of it is written, and what follows from it."""
    if not batch.plans.watching.any:
        return
    _wake_who_waits(batch)
    hits: Hits = {}
    _written(batch, hits)
    _followed(batch, log, hits)
    _turned(batch, deletion, restoring, hits)
    _neighbouring(batch, deletion, restoring, hits)
    if not hits:
        return
    found = list(_holding(batch, hits))
    if not found:
        return
    off = switched_off(batch.tx.connection)
    chosen = [one for one in found if one[0].key not in off]
    if chosen:
        _write(batch, change_set, chosen)


def _wake_who_waits(batch: Batch) -> None:
    """Runs that wait for a condition of records which were saved just now look at it again."""
    for module, workflows in batch.plans.watching.waiting.items():
        ids = [work.id for work in batch.works.get(module, ()) if work.changed or work.links or work.touched]
        if ids and look_again(batch.tx, workflows, ids, batch.now):
            batch.tx.after_commit(batch.plans.workplace.wake)


# Who looks at it


def _written(batch: Batch, hits: Hits) -> None:
    for module, works in batch.works.items():
        watched = batch.plans.watching.get(module)
        if watched is None:
            continue
        for work in works:
            if work.is_new:
                _hit(hits, watched.on.get(CREATED, ()), work, CREATED)
            elif work.changed or work.links or work.touched:
                keys = {*work.changed, *work.links}
                _hit(hits, watched.on.get(UPDATED, ()), work, UPDATED, keys)
                _hit(hits, _fitting(watched, work, keys), work, UPDATED, keys)


def _fitting(watched: Watched, work: Work, keys: Iterable[str], what: str = UPDATED) -> Iterator[Watcher]:
    for watcher, key in watched.of_change(keys, what):
        old = work.old.get(key) if work.old is not None else None
        if watcher.fits(key, old, work.get(key)):
            yield watcher


def _followed(batch: Batch, log: Log, hits: Hits) -> None:
    """Records of which computed fields have another value by now: those of the save itself among them."""
    for module, found in log.followed:
        watched = batch.plans.watching.get(module)
        if watched is None or not any(key in watched.fields for each in found for key in each.old):
            continue
        plan = batch.plans[module]
        own = {work.id: work for work in batch.works.get(module, ())}
        others = [each.id for each in found if each.id not in own]
        standing = _standing(batch, plan, others)
        for each in found:
            work = own.get(each.id) or standing.get(each.id)
            if work is None or work.is_new:
                continue
            before = {key: plan.fields[key].type.from_columns(parts) for key, parts in each.old.items()}
            after = {key: plan.fields[key].type.from_columns(each.new[key]) for key in each.old}
            work = replace(work, old={**(work.old or {}), **before}, values={**work.values, **after})
            what = UPDATED if each.id in own else CHANGED
            _hit(hits, _fitting(watched, work, before, what), work, what, set(before))


def _turned(batch: Batch, deletion: Deletion, restoring: Restoring, hits: Hits) -> None:
    """Records that go into the bin, or come back from it."""
    gone = {module: list(doomed) for module, doomed in deletion.doomed.items()}
    back: dict[str, list[int]] = {}
    for returning in restoring.returning.values():
        back.setdefault(returning.plan.key, []).append(returning.id)
    for what, by_module in ((DELETED, gone), (RESTORED, back)):
        for module, ids in by_module.items():
            watched = batch.plans.watching.get(module)
            if watched is not None and what in watched.on and ids:
                for work in _standing(batch, batch.plans[module], ids).values():
                    _hit(hits, watched.on[what], work, what)


def _neighbouring(batch: Batch, deletion: Deletion, restoring: Restoring, hits: Hits) -> None:
    """Records on which something hangs that the save writes, deletes or brings back."""
    for module, watchers in batch.plans.watching.neighbours.items():
        happened = list(_happened(batch, module, deletion, restoring))
        for watcher in watchers if happened else ():
            collection, on = watcher.event.collection, watcher.event.on
            assert collection is not None
            found: dict[int, str] = {}
            for each, ids in owners_of(batch, collection, on, happened):
                found.update(dict.fromkeys(ids, next((one for one in on if one == each.what), min(on))))
            own = {work.id: work for work in batch.works.get(collection.module, ()) if work.id in found}
            plan = batch.plans[collection.module]
            standing = _standing(batch, plan, sorted(set(found) - set(own)))
            for record_id, what in found.items():
                work = own.get(record_id) or standing.get(record_id)
                if work is not None and work.get("deleted_at") is None:
                    _hit(hits, [watcher], work, what)


def _happened(batch: Batch, module: str, deletion: Deletion, restoring: Restoring) -> Iterator[Happened]:
    """What the save does to the records of a module."""
    for work in batch.works.get(module, ()):
        if work.is_new:
            yield Happened(work, CREATED)
        elif work.changed or work.links or work.touched:
            yield Happened(work, UPDATED)
    gone = list(deletion.doomed.get(module, ()))
    back = [each.id for each in restoring.returning.values() if each.plan.key == module]
    for ids, what in ((gone, DELETED), (back, RESTORED)):
        if ids:
            plan = batch.plans[module]
            yield from (Happened(work, what) for work in _standing(batch, plan, ids).values())


def _standing(batch: Batch, plan: ModulePlan, ids: list[int]) -> dict[int, Work]:
    """Records that the save does not write by itself, as they stand: one statement."""
    if not ids:
        return {}
    found = records_by_id(batch.tx.connection, plan, ids, batch.dialect, lock=False)
    return {
        record_id: Work(plan, Asked(0, Change(plan.key, id=record_id)), {}, record_id, old=values)
        for record_id, values in found.items()
    }


def _hit(hits: Hits, watchers: Iterable[Watcher], work: Work, what: str, changed: Iterable[str] = ()) -> None:
    for watcher in watchers:
        of = hits.setdefault(watcher.workflow.key, {})
        known = of.setdefault(work.id, Hit(watcher, work, what))
        known.changed.update(changed)


# Whether its condition holds


def _holding(batch: Batch, hits: Hits) -> Iterator[tuple[Workflow, Hit, datetime]]:
    for _, running in batch.actor.chain:
        if running.startswith(APPROVAL):
            hits.pop(running, None)  # what an approval's own steps change is approved
    asking = replace(batch, asking=True)
    asking.enter(batch.tx, batch.now, batch.today)
    by_module: dict[str, list[tuple[Workflow, dict[int, Hit]]]] = {}
    for found in hits.values():
        workflow = next(iter(found.values())).watcher.workflow
        by_module.setdefault(workflow.module, []).append((workflow, found))
    for together in by_module.values():
        works = list({id(hit.work): hit.work for _, found in together for hit in found.values()}.values())
        asked = [
            each for workflow, _ in together for each in (workflow.when, workflow.until) if each is not None
        ]
        seen = Seen(asking, works, asked) if asked else None
        for workflow, found in together:
            holding = {
                key: hit
                for key, hit in found.items()
                if workflow.when is None or (seen is not None and seen.holds(hit.work, workflow.when))
            }
            if workflow.once and holding:
                fresh = claim_once(batch.tx.connection, workflow.key, holding)
                holding = {key: hit for key, hit in holding.items() if key in fresh}
            for hit in holding.values():
                yield workflow, hit, _begins(batch, workflow, hit, seen)


def _begins(batch: Batch, workflow: Workflow, hit: Hit, seen: Seen | None) -> datetime:
    """When a run begins."""
    if workflow.until is not None and seen is not None:
        try:
            moment = seen.value(hit.work, workflow.until)
        except InvalidValueError:
            moment = None
        if isinstance(moment, datetime):
            return max(moment, batch.now)
        if isinstance(moment, date):
            zone = ZoneInfo(batch.plans.workplace.catalog.timezone)
            return max(datetime.combine(moment, time(), zone), batch.now)
    return batch.now + (workflow.delay or timedelta())


# The rows


def _write(batch: Batch, change_set: int, found: list[tuple[Workflow, Hit, datetime]]) -> None:
    chain = [list(each) for each in batch.actor.chain]
    cut = len(chain) >= DEEPEST
    told = " → ".join(workflow for _, workflow in batch.actor.chain)
    error = to_json(message(TOO_DEEP.text, count=len(chain), chain=told)) if cut else None
    workplace = batch.plans.workplace
    insert_rows(
        batch.tx.connection,
        workplace.tables.runtime.runs,
        {
            "id": batch.tx.allocate_ids(len(found)),
            "workflow": [workflow.key for workflow, _, _ in found],
            "module": [workflow.module for workflow, _, _ in found],
            "record_id": [hit.work.id for _, hit, _ in found],
            "key": [f"{change_set}:{workflow.key}:{hit.work.id}" for workflow, hit, _ in found],
            "trigger": [hit.watcher.trigger.kind for _, hit, _ in found],
            "inputs": [_inputs(workflow, hit) for workflow, hit, _ in found],
            "digest": [workflow.digest for workflow, _, _ in found],
            "next_at": [begins for _, _, begins in found],
        },
        {
            "state": CUT if cut else QUEUED,
            "error": error,
            "chain": chain,
            "change_set_id": change_set,
            "user_id": batch.actor.user_id,
            "revision_id": workplace.revision,
            "claim": 0,
            "attempts": 0,
            "created_at": batch.now,
            "finished_at": batch.now if cut else None,
        },
    )
    batch.tx.after_commit(workplace.wake)


def _inputs(workflow: Workflow, hit: Hit) -> dict[str, object]:
    """What the save tells a run: what happened, which fields changed, and what the ones it needs held."""
    work = hit.work
    old: dict[str, object] = {}
    for key in workflow.keeps & hit.changed if work.old is not None else ():
        plan = work.plan.fields[key]
        if key in work.links:
            old[key] = links_json(plan, work.links[key].before)
        else:
            old[key] = plan.type.to_json(work.old.get(key)) if work.old is not None else None
    return {"what": hit.what, "changed": sorted(hit.changed), "old": old}
