"""The clocks of jobs: each of their times starts an operation, one after the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from runtime.automation.background import Background
from runtime.automation.operations.job import KIND
from runtime.automation.place import Place, Snapshot
from runtime.identity.actor import SYSTEM
from runtime.model.job import ALL, NONE, Job
from runtime.storage import clocks
from runtime.storage.clocks import Hand
from runtime.storage.switches import switched_off

LATE = timedelta(minutes=5)
"""So late a time may be looked at that is not made up for."""
BUSY = timedelta(seconds=2)
"""How long a time waits that came before the one before it was done."""
MOST = 1000


@dataclass(frozen=True, slots=True)
class JobClock:
    """One job's clock."""

    job: Job
    key: str


def job_clocks(live: Snapshot) -> Iterator[JobClock]:
    """The clocks of all jobs that are switched on in their files."""
    for job in live.catalog.jobs.values():
        if job.active:
            yield JobClock(job, f"job:{job.key}:{job.schedule}:{job.timezone}")


def look_at_job(
    site: Place, background: Background, live: Snapshot, clock: JobClock, now: datetime
) -> tuple[int, datetime]:
    """Start what is due; says how many that are, and when it is of use to look again."""
    with site.database.read() as connection:
        hand = clocks.look(connection, clock.key)
    if hand is None or not due_times(live, clock.job, hand.seen_at, now):
        return 0, next_time(live, clock.job, now)
    with site.database.write() as tx:
        hand = clocks.take(tx, clock.key)
        due = due_times(live, clock.job, hand.seen_at, now) if hand is not None else ()
        if hand is None or not due:
            return 0, now
        first, last = due[0], due[-1]
        to = first if clock.job.catch_up == ALL else last
        latest = background.operations.about(tx.connection, KIND, clock.job.key, 1)
        is_busy = bool(latest) and latest[0].is_open
        is_off = clock.job.procedure.key in switched_off(tx.connection)
        is_missed = clock.job.catch_up == NONE and (is_busy or now - last > LATE)
        if is_off or is_missed:
            clocks.move(tx, Hand(hand.key, now))
            return 0, next_time(live, clock.job, now)
        if is_busy:
            return 0, now + BUSY
        arguments = {"job": clock.job.key, "due": to.isoformat()}
        background.start(tx, KIND, arguments, SYSTEM, clock.job.key, live.revision)
        clocks.move(tx, Hand(hand.key, to))
    return 1, now


def due_times(live: Snapshot, job: Job, since: datetime, now: datetime) -> Sequence[datetime]:
    """The times behind one moment and up to another."""
    found: list[datetime] = []
    for each in CronSim(job.schedule, since.astimezone(zone_of(live, job))):
        if each > now or len(found) >= MOST:
            break
        if each > since:
            found.append(each)
    return found


def next_time(live: Snapshot, job: Job, now: datetime) -> datetime:
    """When it is due next; a day from now where never."""
    found = next(CronSim(job.schedule, now.astimezone(zone_of(live, job))), None)
    return now + timedelta(days=1) if found is None else found


def zone_of(live: Snapshot, job: Job) -> ZoneInfo:
    """The job's time zone."""
    return ZoneInfo(job.timezone or live.catalog.timezone)
