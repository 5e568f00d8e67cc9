"""Past events: which workflow's triggers looked at what happened then, and for which records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from runtime.automation.past import COMPUTED, Happening, Past, Plain, Then
from runtime.automation.place import Snapshot
from runtime.model.catalog import Collection
from runtime.model.workflow import (
    CHANGED,
    CREATED,
    DELETED,
    LINKED,
    RESTORED,
    UNLINKED,
    UPDATED,
    Event,
    Workflow,
)
from runtime.records.log_told import LogTold, Sources
from runtime.records.plan import Plans
from runtime.records.watching import Watcher, watched_module

RECOMPUTE = "recompute"
"""The door of what is worked out anew in the background: no workflow looks at it."""
NOBODY: frozenset[int] = frozenset()


@dataclass(slots=True)
class PastHit:
    """A record for which the workflow's triggers looked at a save, or for which the clock struck."""

    record_id: int
    what: str
    then: Then
    user_id: int | None
    before: Plain | None
    after: Plain
    changed: set[str] = field(default_factory=set)
    by_clock: bool = False


Hits = dict[tuple[int, int], PastHit]
"""By change set and record: of a save, a record has one run of a workflow at most."""


def modules_of(workflow: Workflow) -> frozenset[str]:
    """The modules whose records tell a workflow something."""
    return frozenset(
        workflow.module if event.collection is None else watched_module(event.collection, event.on)
        for trigger in workflow.triggers
        for event in trigger.events
    )


def what_of(happening: Happening) -> str:
    """What happened, as triggers call it; '' of what none looks at."""
    actions = happening.actions
    for said in (CREATED, DELETED, RESTORED, UPDATED):
        if said in actions:
            return said
    return CHANGED if actions == COMPUTED and happening.door != RECOMPUTE else ""


class PastEvents:
    """The triggers of one workflow, asked about what happened."""

    def __init__(self, connection: Any, live: Snapshot, past: Past, workflow: Workflow) -> None:
        self._plans: Plans = live.writer.plans
        self._log = LogTold(connection, self._plans.workplace)
        self._past = past
        self._workflow = workflow
        self._watchers = [
            Watcher(workflow, trigger, event) for trigger in workflow.triggers for event in trigger.events
        ]

    def hits(self, happened: Mapping[str, Sequence[Happening]]) -> list[PastHit]:
        """For which records they looked at it, in the order of the saves."""
        found: Hits = {}
        for watcher in self._watchers:
            collection = watcher.event.collection
            if collection is None:
                for each in happened.get(self._workflow.module, ()):
                    self._own(found, watcher, each)
            else:
                module = watched_module(collection, watcher.event.on)
                self._neighbours(found, watcher.event, collection, happened.get(module, ()))
        return sorted(found.values(), key=lambda hit: hit.then.log_id)

    def _own(self, found: Hits, watcher: Watcher, each: Happening) -> None:
        what, event = what_of(each), watcher.event
        if not what or what not in event.on:
            return
        if event.fields:
            before = each.before or {}
            fitting = (
                key in each.changed and watcher.fits(key, before.get(key), each.after.get(key))
                for key in event.fields
            )
            if what in (CREATED, DELETED, RESTORED) or not any(fitting):
                return
        is_turned = what in (DELETED, RESTORED)
        hit = PastHit(
            each.record_id,
            what,
            each.then,
            each.user_id,
            each.after if is_turned else each.before,
            each.after,
        )
        known = found.setdefault((each.then.change_set, each.record_id), hit)
        known.changed.update(() if is_turned else each.changed)

    def _neighbours(
        self, found: Hits, event: Event, collection: Collection, happened: Sequence[Happening]
    ) -> None:
        told = [each for each in happened if what_of(each) not in ("", CHANGED)]
        owners = list(self._owners(collection, event.on, told))
        timelines = self._past.of(self._workflow.module, {one for _, ids in owners for one in ids})
        for each, ids in owners:
            what = what_of(each) if what_of(each) in event.on else min(event.on)
            for record_id in sorted(ids):
                timeline = timelines.get(record_id)
                was = timeline.as_of(each.then) if timeline is not None else None
                if was is None or was.get("deleted_at") is not None:
                    continue
                own = timeline.of(each.then.change_set) if timeline is not None else None
                before = own.before if own is not None else was
                hit = PastHit(record_id, what, each.then, each.user_id, before, was)
                found.setdefault((each.then.change_set, record_id), hit)

    def _owners(
        self, collection: Collection, on: Iterable[str], happened: Sequence[Happening]
    ) -> Iterator[tuple[Happening, frozenset[int]]]:
        is_own = collection.kind == "links" and watched_module(collection, on) == collection.module
        linking: Sources = {}
        if collection.kind == "links" and not is_own:
            field = self._plans[collection.module].fields[collection.via]
            linking = self._log.linking(field, [each.record_id for each in happened])
        key = "parent" if collection.kind == "rows" else collection.via
        for each in happened:
            if is_own:
                if _turns(on, _held(each.before, key), _held(each.after, key), ""):
                    yield each, frozenset([each.record_id])
                continue
            what = what_of(each)
            if collection.kind == "links":
                held = holds = linking.get(each.record_id, NOBODY)
            else:
                held, holds = _held(each.before, key), _held(each.after, key)
            held = NOBODY if what in (CREATED, RESTORED) else held
            holds = NOBODY if what == DELETED else holds
            yield each, _turns(on, held, holds, what)


def _held(state: Plain | None, key: str) -> frozenset[int]:
    value = state.get(key) if state is not None else None
    if isinstance(value, tuple):
        return frozenset(value)
    return frozenset([value]) if isinstance(value, int) else NOBODY


def _turns(on: Iterable[str], held: frozenset[int], holds: frozenset[int], what: str) -> frozenset[int]:
    found: set[int] = set()
    for each in on:
        if each == LINKED:
            found |= holds - held
        elif each == UNLINKED:
            found |= held - holds
        elif each == what:
            found |= held | holds
    return frozenset(found)
