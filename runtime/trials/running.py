"""Running: all cases of a suite, in one transaction of which nothing is kept."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from runtime.base.clock import FrozenClock
from runtime.model.suite import Case
from runtime.records.dry_run import undone
from runtime.sites.live import Live
from runtime.sites.site import Site
from runtime.storage.errors import StorageError
from runtime.trials.coverage import Covering
from runtime.trials.expecting import failures
from runtime.trials.people import People, TrialError
from runtime.trials.stage import CaseWorker, Stage
from runtime.trials.trial import Theatre, Trial
from runtime.trials.verdict import Failure, Verdict

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""The moment by which a case begins that names none: a Monday, at nine in the site's time zone."""


def start_of(timezone: str) -> datetime:
    """That moment."""
    return START.replace(tzinfo=ZoneInfo(timezone))


def run_suite(
    site: Site,
    clock: FrozenClock,
    cases: Sequence[Case],
    covering: Covering,
    tell: Callable[[Verdict], object] = lambda verdict: None,
) -> list[Verdict]:
    """Try the cases one after the other; ``tell`` is called with each verdict. The site's clock is
    ``clock``.
    """
    verdicts: list[Verdict] = []
    covering.begin()
    with undone(site.database) as tx:
        clock.moment = start_of(site.live.catalog.timezone)
        stage = Stage(site, tx)
        theatre = Theatre(stage, CaseWorker(stage), clock, People(site.live, tx))
        for case in cases:
            verdict = _one(theatre, case, covering)
            verdicts.append(verdict)
            tell(verdict)
    return verdicts


def _one(theatre: Theatre, case: Case, covering: Covering) -> Verdict:
    began = time.perf_counter()
    live, clock = theatre.stage.live, theatre.clock
    clock.moment = start_of(live.catalog.timezone)
    _meet(live, theatre.people, case)
    clock.moment = case.at or clock.moment
    point = theatre.stage.tx.mark()
    try:
        found = tuple(_tried(Trial(theatre, case), covering))
    except (TrialError, StorageError) as error:
        found = (Failure(case.span, "it can be tried", str(error)),)
    finally:
        point.undo()
        point.keep()
    return Verdict(case, found, time.perf_counter() - began)


def _meet(live: Live, people: People, case: Case) -> None:
    """Have those at hand whom the case asks for: they outlive it."""
    asked = {case.who, *(each.as_who for each in case.actions), *(each.as_who for each in case.then)}
    asked |= {each.action.as_who for each in case.then if each.action is not None}
    people.number("")
    for role in sorted(asked & set(live.catalog.roles)):
        people.number(role)


def _tried(trial: Trial, covering: Covering) -> list[Failure]:
    trial.prepare()
    found = list(trial.act())
    if not found:
        found = list(failures(trial))
    covering.note(trial)
    return found
