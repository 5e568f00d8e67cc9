"""Watching: runs that wait for a condition, and when it is of use that they look at it again.

Nothing but a change can make a condition hold, and the worker of a case has them look whenever there was one.
Beside that they look when their limit ends, and where what they wait for reads the clock.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from runtime.automation.walking import Walk
from runtime.expressions.references import references
from runtime.model.catalog import Catalog
from runtime.model.workflow import Step
from runtime.storage.runs import Runs, StoredRun


def waiting_workflows(catalog: Catalog) -> tuple[str, ...]:
    """Those whose runs may wait for a condition."""
    return tuple(
        workflow.key for workflow in catalog.procedures.values() if any(map(_is_watch, workflow.all_steps()))
    )


def looks(connection: Any, runs: Runs, catalog: Catalog, now: datetime) -> Iterator[datetime]:
    """When runs that wait for a condition would see something else, though nothing has changed."""
    for run in runs.watching(connection):
        walk = Walk(catalog.procedures[run.workflow], run.place, partial(runs.items, connection))
        step = walk.step()
        if step is None or not _is_watch(step):
            yield run.next_at
            continue
        yield datetime.fromisoformat(walk.remembered()["end"])
        yield from _by_the_clock(step, run, catalog, now)


def _by_the_clock(step: Step, run: StoredRun, catalog: Catalog, now: datetime) -> Iterator[datetime]:
    functions = references(step.settings["when"].tree).functions
    if "now" in functions:
        yield run.next_at
    elif "today" in functions:
        zone = ZoneInfo(catalog.timezone)
        tomorrow = now.astimezone(zone).date() + timedelta(days=1)
        yield datetime.combine(tomorrow, time(), zone).astimezone(now.tzinfo)


def _is_watch(step: Step) -> bool:
    return step.kind == "wait" and "limit" in step.settings
