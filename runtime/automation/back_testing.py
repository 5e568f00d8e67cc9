"""Back-testing: how often a workflow would have run in the past, told again from the change log.

Nothing is written, and nothing is held: one page of the log is read after the other. For each save its
triggers and its condition are asked of the records as they were by then, and so are `once` and `delay`.
What cannot be known is said beside the result.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from runtime.automation.past import Happening, Past
from runtime.automation.past_dates import PastDates
from runtime.automation.past_events import PastEvents, PastHit, modules_of, what_of
from runtime.automation.past_runs import Found, PastRuns
from runtime.automation.place import Place, Snapshot
from runtime.model.types import RecordType
from runtime.model.workflow import UPDATED, Workflow
from runtime.records.log_told import LogTold

PAGE = 500
"""So many rows of the log are looked at in one page."""


class BackTest:
    """A workflow over a part of the change log, page by page."""

    def __init__(self, live: Snapshot, workflow: Workflow, since: datetime, now: datetime) -> None:
        self._live = live
        self._workflow = workflow
        self._since = since
        self._modules = sorted(modules_of(workflow))
        self._runs = PastRuns(live, workflow, since, now)
        self._dates = PastDates(live, workflow, since, now)
        self._told: set[tuple[int, int]] = set()
        self.found = self._runs.found

    def span(self, connection: Any) -> tuple[int, int]:
        """The ids of the log between which all of it lies: ids grow with time."""
        return self._log(connection).span(self._since)

    def page(self, connection: Any, after: int, last: int) -> int | None:
        """Look at one page behind an id; gives the id behind which the next begins, None at the end."""
        rows = self._log(connection).page(after, last, self._since, PAGE)
        if not rows:
            return None
        while True:
            past = Past(connection, self._live, after)
            happened = {module: list(found) for module, found in self._happened(connection, past, rows)}
            if not past.is_large or not (fewer := _half(rows)):
                break
            rows = fewer  # of records with so many changes that fewer of them are told again together
        hits = self._fresh(PastEvents(connection, self._live, past, self._workflow).hits(happened))
        self._count(connection, past, hits)
        self.found.read += len(rows)
        return None if self.found.is_full else int(rows[-1].id)

    @property
    def has_dates(self) -> bool:
        """Whether there are dates to be looked at besides."""
        return bool(self._dates.triggers)

    def dates(self, connection: Any, after: int, first: int) -> int | None:
        """Look at the dates of one page of records behind an id, with the log behind a row of it; gives the
        id behind which the next page begins, None at the end.
        """
        ids = self._dates.page(self._log(connection), after, first)
        if not ids:
            return None
        past = Past(connection, self._live, first)
        hits = self._dates.hits(past, ids)
        while past.is_large and len(ids) > 1:
            ids = ids[: len(ids) // 2]
            past = Past(connection, self._live, first)
            hits = self._dates.hits(past, ids)
        self._count(connection, past, hits)
        return None if self.found.is_full else ids[-1]

    def _count(self, connection: Any, past: Past, hits: Sequence[PastHit]) -> None:
        self._runs.count(connection, past, hits)
        self.found.is_whole = self.found.is_whole and past.is_whole

    def _log(self, connection: Any) -> LogTold:
        return LogTold(connection, self._live.writer.plans.workplace)

    def _happened(
        self, connection: Any, past: Past, rows: Sequence[Any]
    ) -> Iterator[tuple[str, Iterator[Happening]]]:
        turned = self._log(connection).turning({each.change_set_id for each in rows})
        for module in self._modules:
            wanted = dict.fromkeys(
                (each.record_id, each.change_set_id) for each in rows if each.module == module
            )
            ids = {record_id for record_id, _ in wanted}
            timelines = past.of(module, ids)
            self.found.lost |= ids - set(timelines)
            found = (timelines[one].of(change_set) for one, change_set in wanted if one in timelines)
            yield module, (each for each in found if each and not self._is_emptied(module, each, turned))

    def _fresh(self, hits: list[PastHit]) -> list[PastHit]:
        """Hits that the page before has not told of: a large save may lie in both."""
        fresh = [each for each in hits if (each.then.change_set, each.record_id) not in self._told]
        self._told = {(each.then.change_set, each.record_id) for each in hits}
        return fresh

    def _is_emptied(self, module: str, each: Happening, turned: set[int]) -> bool:
        """Whether it only lost, or found again, a record that went into the bin: no trigger looks at that."""
        if each.then.change_set not in turned or what_of(each) != UPDATED or each.before is None:
            return False
        fields = self._live.writer.plans[module].fields
        return all(
            isinstance(fields[key].field.value_type, RecordType)
            and None in (each.before.get(key), each.after.get(key))
            for key in each.changed
        )


def _half(rows: Sequence[Any]) -> list[Any]:
    """The saves of the first half of a page; none where the page is of one."""
    some = rows[: len(rows) // 2]
    return [each for each in some if each.change_set_id != rows[len(some)].change_set_id]


def back_test(
    site: Place, workflow: Workflow, days: int, meanwhile: Callable[[int, int, Found], None]
) -> Found:
    """A workflow over the last days. ``meanwhile`` is told between two pages how far it is, and of how much;
    it ends everything by raising.
    """
    live, now = site.live, site.clock.now()
    test = BackTest(live, workflow, now - timedelta(days=days), now)
    with site.database.read() as connection:
        first, last = test.span(connection)
    after: int | None = first
    while after is not None:
        meanwhile(after - first, last - first, test.found)
        with site.database.read() as connection:
            after = test.page(connection, after, last)
    record: int | None = 0 if test.has_dates else None
    while record is not None and not test.found.is_full:
        meanwhile(last - first, last - first, test.found)
        with site.database.read() as connection:
            record = test.dates(connection, record, first)
    return test.found
