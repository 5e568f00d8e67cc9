"""Clocks: workflows that wait for a time of the clock, or for a date that a record holds.

A worker looks every few seconds. Each trigger keeps how far it has looked, so every moment is looked at once,
whichever worker does it, and what came while no worker ran is made up for: of a schedule the last time alone.
Runs are started in pages, each a transaction that moves the clock too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cronsim import CronSim

from runtime.automation.background import Background
from runtime.automation.job_clocks import JobClock, job_clocks, look_at_job
from runtime.automation.place import Place, Snapshot
from runtime.automation.starting import DATE, SCHEDULE, Cause, start
from runtime.identity.actor import SYSTEM
from runtime.model.catalog import Expression, Path, SortKey
from runtime.model.types import DATETIME
from runtime.model.workflow import Trigger, Workflow
from runtime.storage import clocks
from runtime.storage.clocks import Hand
from runtime.storage.query import Query
from runtime.storage.runs import Runs
from runtime.storage.switches import switched_off
from runtime.storage.transaction import Transaction

PAGE = 500
"""So many runs are started in one transaction."""
DAYS = 400
"""So many days are made up for, where no worker ran."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One trigger that waits for a time."""

    workflow: Workflow
    trigger: Trigger
    key: str


class Clocks:
    """The clocks of one site."""

    def __init__(self, site: Place, runs: Runs, background: Background) -> None:
        self._site = site
        self._runs = runs
        self._background = background
        self._jobs: tuple[JobClock, ...] = ()
        self._known: tuple[int, tuple[Clock, ...]] = (-1, ())
        self._next: dict[str, datetime] = {}

    def tick(self) -> int:
        """Start what is due; says how many runs that are."""
        live, now = self._site.live, self._site.clock.now()
        count = sum(
            self._look(live, each, now) for each in self._all(live) if self._next.get(each.key, now) <= now
        )
        for job in self._jobs:
            while self._next.get(job.key, now) <= now:
                started, self._next[job.key] = look_at_job(self._site, self._background, live, job, now)
                count += started
                if not started:
                    break
        return count

    def _all(self, live: Snapshot) -> tuple[Clock, ...]:
        revision, found = self._known
        if revision != live.revision:
            found = tuple(_clocks(live))
            self._known, self._next = (live.revision, found), {}
            self._jobs = tuple(job_clocks(live))
            keys = frozenset((*(each.key for each in found), *(each.key for each in self._jobs)))
            with self._site.database.read() as connection:
                is_whole = clocks.keys(connection) == keys
            if not is_whole:
                self._begin(keys)
        return found

    def _begin(self, keys: frozenset[str]) -> None:
        with self._site.database.write() as tx:
            clocks.forget(tx, keys)
            for key in sorted(keys):
                clocks.begin(tx, key, self._site.clock.now())

    def _look(self, live: Snapshot, clock: Clock, now: datetime) -> int:
        with self._site.database.read() as connection:
            hand = clocks.look(connection, clock.key)
        if hand is not None and hand.doing_at is None and not _is_due(live, clock, hand, now):
            self._next[clock.key] = _next(live, clock, now)
            return 0
        count, is_over = 0, False
        while not is_over:
            with self._site.database.write() as tx:
                found, is_over = self._page(tx, live, clock, now)
                if found:
                    tx.after_commit(live.writer.plans.workplace.wake)
            count += found
        return count

    def _page(self, tx: Transaction, live: Snapshot, clock: Clock, now: datetime) -> tuple[int, bool]:
        """Start a page of runs, and move the clock; says how many, and whether they were the last."""
        hand = clocks.take(tx, clock.key)
        if hand is None or (hand.doing_at is None and not _is_due(live, clock, hand, now)):
            return 0, True
        if clock.workflow.key in switched_off(tx.connection):
            clocks.move(tx, Hand(hand.key, now))
            return 0, True
        to = hand.doing_at or (_last(live, clock, hand.seen_at, now) if _is_cron(clock) else now) or now
        wanted = _conditions(live, clock, hand.seen_at, to)
        ids, after = _records(tx, live, clock.workflow, wanted, hand.place)
        cause = Cause(SCHEDULE if _is_cron(clock) else DATE, f"{clock.key}:{to.isoformat()}")
        started = start(tx, live, self._runs, clock.workflow, ids, cause)
        is_over = after is None
        clocks.move(tx, Hand(hand.key, to) if is_over else replace(hand, doing_at=to, place=after))
        return len(started), is_over


def _clocks(live: Snapshot) -> Iterator[Clock]:
    for workflow in live.catalog.workflows.values():
        for place, trigger in enumerate(workflow.triggers if workflow.active else ()):
            if trigger.kind in (SCHEDULE, DATE):
                # What the trigger says is part of the key: one that is written anew begins anew.
                said = ",".join(f"{key}={value}" for key, value in sorted(trigger.settings.items()))
                yield Clock(workflow, trigger, f"{trigger.kind}:{workflow.key}:{place}:{said}")


def _is_cron(clock: Clock) -> bool:
    return clock.trigger.kind == SCHEDULE


def _zone(live: Snapshot, clock: Clock) -> ZoneInfo:
    return ZoneInfo(clock.trigger.settings.get("timezone") or live.catalog.timezone)


def _is_due(live: Snapshot, clock: Clock, hand: Hand, now: datetime) -> bool:
    if _is_cron(clock):
        return _last(live, clock, hand.seen_at, now) is not None
    return hand.seen_at < now and _times(live, clock, hand.seen_at, now) is not None


def _next(live: Snapshot, clock: Clock, now: datetime) -> datetime:
    """When it is of use to look again."""
    if _is_cron(clock):
        found = next(CronSim(clock.trigger.settings["cron"], now.astimezone(_zone(live, clock))), None)
        return now + timedelta(days=1) if found is None else found
    return now + timedelta(seconds=30)


def _last(live: Snapshot, clock: Clock, since: datetime, now: datetime) -> datetime | None:
    """The last time between two moments that a schedule names."""
    cron, zone = clock.trigger.settings["cron"], _zone(live, clock)
    before = next(CronSim(cron, (now + timedelta(seconds=1)).astimezone(zone), reverse=True), None)
    return before if before is not None and since < before <= now else None


def _times(live: Snapshot, clock: Clock, since: datetime, to: datetime) -> tuple[object, object] | None:
    """The first and the last value of the field whose moment lies between two moments: days, or the moments
    themselves; None where there can be none.
    """
    settings, zone = clock.trigger.settings, _zone(live, clock)
    begun, ended = since - settings["days"], to - settings["days"]
    if _field_is_moment(live, clock):
        return begun, ended
    last = ended.astimezone(zone).date() + timedelta(days=1)
    first = max(begun.astimezone(zone).date() - timedelta(days=1), last - timedelta(days=DAYS))
    days = [first + timedelta(days=each) for each in range((last - first).days + 1)]
    fitting = [day for day in days if since < moment_of(settings, day, zone) <= to]
    return (fitting[0], fitting[-1]) if fitting else None


def moment_of(settings: Mapping[str, Any], day: date, zone: ZoneInfo) -> datetime:
    """When a trigger that waits for a date fires for a day that a record holds: by the clock on the wall,
    also where summer time begins between the two.
    """
    at: time = settings["at"] or time()
    days: timedelta = settings["days"]
    return datetime.combine(day, at, zone) + days


def _field_is_moment(live: Snapshot, clock: Clock) -> bool:
    field = live.catalog.modules[clock.workflow.module].field(clock.trigger.settings["field"])
    return field is not None and field.value_type == DATETIME


def _conditions(live: Snapshot, clock: Clock, since: datetime, to: datetime) -> tuple[Expression, ...] | None:
    """What records must fulfil; None where none can."""
    module = live.catalog.modules[clock.workflow.module]
    found = []
    if not _is_cron(clock):
        times = _times(live, clock, since, to)
        if times is None:
            return None
        found.append(live.condition(module, _between(clock, *times)))
    asked = _as_condition(live, clock.workflow)
    return (*found, asked) if asked is not None else tuple(found)


def _between(clock: Clock, first: object, last: object) -> str:
    field, workdays = clock.trigger.settings["field"], clock.trigger.settings["workdays"]
    if isinstance(first, datetime) and isinstance(last, datetime):
        return f"{field} > datetime('{first.isoformat()}') and {field} <= datetime('{last.isoformat()}')"
    assert isinstance(first, date)
    assert isinstance(last, date)
    what = f"add_workdays({field}, {workdays})" if workdays else field
    return f"{what} >= date('{first.isoformat()}') and {what} <= date('{last.isoformat()}')"


def _as_condition(live: Snapshot, workflow: Workflow) -> Expression | None:
    """The workflow's condition as the database asks it, where it can: each run asks it again."""
    if workflow.when is None:
        return None
    try:
        return live.condition(live.catalog.modules[workflow.module], workflow.when.text)
    except Exception as error:  # what `live` raises belongs to a floor above
        if not hasattr(error, "diagnostics"):
            raise
        return None


def _records(
    tx: Transaction,
    live: Snapshot,
    workflow: Workflow,
    where: tuple[Expression, ...] | None,
    after: str | None,
) -> tuple[list[int], str | None]:
    """A page of the records, and where the next begins; None behind the last."""
    if where is None:
        return [], None
    module = live.catalog.modules[workflow.module]
    number = Path("id", (module.record_fields["id"],))
    query = Query(module.key, where=where, sort=(SortKey(number),), limit=PAGE, after=after or None)
    page = live.reader.page(tx.connection, query, live.moment(SYSTEM))
    return [row.id for row in page.rows], page.next
