"""Passing time: the clock goes from one moment at which something may be due to the next."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from runtime.base.clock import FrozenClock
from runtime.model.catalog import Catalog
from runtime.trials.stage import CaseWorker, Stage
from runtime.trials.watching import looks

MOST = 2000
"""So many stops are made; then the clock goes to the end at once."""


def advance(stage: Stage, clock: FrozenClock, worker: CaseWorker, by: timedelta) -> None:
    """Let time pass, and have done what becomes due, each at its moment."""
    end = clock.now() + by
    for _ in range(MOST):
        stop = _next(stage, clock.now())
        if stop is None or stop >= end:
            break
        clock.moment = stop
        worker.drain()
    clock.moment = end
    worker.drain()


def _next(stage: Stage, now: datetime) -> datetime | None:
    catalog = stage.live.catalog
    with stage.database.read() as connection:
        waits = stage.runs.next_at(connection, now)
        found = [*looks(connection, stage.runs, catalog, now), *(() if waits is None else (waits,))]
    return min((each for each in (*found, *_by_the_clock(catalog, now)) if each > now), default=None)


def _by_the_clock(catalog: Catalog, now: datetime) -> Iterator[datetime]:
    for workflow in catalog.workflows.values():
        for trigger in workflow.triggers if workflow.active else ():
            zone = ZoneInfo(trigger.settings.get("timezone") or catalog.timezone)
            if trigger.kind == "schedule":
                yield from _of_cron(trigger.settings["cron"], zone, now)
            elif trigger.kind == "date":
                yield _of_day(trigger.settings.get("at") or time(), zone, now)
    for job in catalog.jobs.values():
        if job.active:
            yield from _of_cron(job.schedule, ZoneInfo(job.timezone or catalog.timezone), now)


def _of_cron(cron: str, zone: ZoneInfo, now: datetime) -> Iterator[datetime]:
    found = next(CronSim(cron, now.astimezone(zone)), None)
    if found is not None:
        yield found.astimezone(now.tzinfo)


def _of_day(at: time, zone: ZoneInfo, now: datetime) -> datetime:
    here = now.astimezone(zone)
    found = datetime.combine(here.date(), at, zone)
    if found <= here:
        found = datetime.combine(here.date() + timedelta(days=1), at, zone)
    return found.astimezone(now.tzinfo)
