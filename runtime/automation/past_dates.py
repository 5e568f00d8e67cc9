"""Past dates: for which records a date that they held came, as they were by then."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from runtime.automation.clocks import moment_of
from runtime.automation.past import Past, Plain, Then, Timeline
from runtime.automation.past_events import PastHit
from runtime.automation.place import Snapshot
from runtime.automation.starting import DATE
from runtime.expressions.calendar import add_workdays
from runtime.expressions.terms import terms_of
from runtime.model.types import DATETIME
from runtime.model.workflow import Trigger, Workflow
from runtime.records.log_told import LogTold

PAGE = 500
"""So many records are looked at in one page."""


def dates_of(live: Snapshot, workflow: Workflow) -> list[Trigger]:
    """The triggers of a workflow that wait for a date which is stored."""
    fields = live.writer.plans[workflow.module].fields if workflow.module else {}
    return [
        each
        for each in workflow.triggers
        if each.kind == DATE and each.settings["field"] in fields and fields[each.settings["field"]].columns
    ]


class PastDates:
    """The triggers of one workflow that wait for dates, asked about a part of the past."""

    def __init__(self, live: Snapshot, workflow: Workflow, since: datetime, now: datetime) -> None:
        self.triggers = dates_of(live, workflow)
        self._live = live
        self._module = workflow.module
        self._since = since
        self._now = now
        self._terms = terms_of(live.catalog)
        self._zone = ZoneInfo(live.catalog.timezone)

    def page(self, log: LogTold, after: int, first: int) -> list[int]:
        """Records that may hold, or have held, such a date: a page of them behind an id."""
        plan = self._live.writer.plans[self._module]
        spans = [(plan.fields[each.settings["field"]], *self._span(each)) for each in self.triggers]
        return log.held_between(plan, spans, after, first, PAGE)

    def hits(self, past: Past, ids: Sequence[int]) -> list[PastHit]:
        """The dates that came, in the order of time."""
        timelines = past.of(self._module, ids)
        found = [
            PastHit(record_id, DATE, Then(at), None, state, state, by_clock=True)
            for record_id, timeline in timelines.items()
            for trigger in self.triggers
            for at, state in self._moments(trigger, timeline)
        ]
        return sorted(found, key=lambda hit: (hit.then.at, hit.record_id))

    def _moments(self, trigger: Trigger, timeline: Timeline) -> Iterator[tuple[datetime, Plain]]:
        """When its date came, and the record as it was by then."""
        states: list[tuple[datetime, Plain | None]] = [(self._since, timeline.first)]
        states += [(each.then.at, each.after) for each in timeline.happenings]
        ends = [at for at, _ in states[1:]] + [self._now + timedelta.resolution]
        for (begins, state), ends_at in zip(states, ends, strict=True):
            if state is None or state.get("deleted_at") is not None:
                continue
            at = self._moment(trigger.settings, state.get(trigger.settings["field"]))
            if at is not None and max(begins, self._since) <= at < ends_at:
                yield at, state

    def _moment(self, settings: Mapping[str, Any], value: object) -> datetime | None:
        if isinstance(value, datetime):
            days: timedelta = settings["days"]
            return value + days
        if not isinstance(value, date):
            return None
        day = add_workdays(value, settings["workdays"], self._terms.week, self._terms.holidays)
        try:
            return None if day is None else moment_of(settings, day, self._zone)
        except OverflowError:
            return None

    def _span(self, trigger: Trigger) -> tuple[object, object]:
        """Between which values the field must lie for its moment to be one that is told again: widely."""
        settings = trigger.settings
        field = self._live.writer.plans[self._module].fields[settings["field"]]
        room = timedelta(days=2)
        if settings["workdays"]:  # weeks with one of them, and long holidays
            room += timedelta(days=60 + 7 * abs(settings["workdays"]))
        first, last = self._since - settings["days"] - room, self._now - settings["days"] + room
        return (first, last) if field.field.value_type == DATETIME else (first.date(), last.date())
