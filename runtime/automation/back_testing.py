"""Back-testing: how often a workflow would have run in the past, told again from the change log.

Nothing is written, and nothing is held: one page of the log is read after the other. For each save its
triggers and its condition are asked of the records as they were by then, and so are `once` and `delay`.
What cannot be known is said beside the result.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from runtime.automation.past import Happening, Past, Then
from runtime.automation.past_events import PastEvents, PastHit, modules_of, what_of
from runtime.automation.past_letters import Begun, PastLetters, needed_by
from runtime.automation.past_reading import PastReading
from runtime.automation.place import Snapshot
from runtime.model.catalog import Expression
from runtime.model.types import RecordType
from runtime.model.workflow import UPDATED, Workflow
from runtime.records.log_told import LogTold
from runtime.storage.runs import has_run_before

PAGE = 500
"""So many rows of the log are looked at in one page."""
MOST = 100_000
"""So many runs are counted; then it ends, and says so."""
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Example:
    """A run as it would have been."""

    record_id: int
    at: datetime
    what: str
    begins: datetime
    letters: tuple[str, ...]


@dataclass(slots=True)
class Found:
    """What came of it so far. ``waiting``: runs that would not have begun yet; ``skipped``: those of which
    the condition held no more when they were to begin; ``lost``: records of the log that are gone for good.
    """

    fired: int = 0
    waiting: int = 0
    skipped: int = 0
    letters: int = 0
    read: int = 0
    lost: int = 0
    records: set[int] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    examples: deque[Example] = field(default_factory=lambda: deque(maxlen=SHOWN))
    is_whole: bool = True
    letters_are_whole: bool = True

    @property
    def is_full(self) -> bool:
        """Whether no more runs are counted."""
        return self.fired >= MOST


class BackTest:
    """A workflow over a part of the change log, page by page."""

    def __init__(self, live: Snapshot, workflow: Workflow, since: datetime, now: datetime) -> None:
        self.found = Found()
        self._live = live
        self._workflow = workflow
        self._since = since
        self._now = now
        self._modules = sorted(modules_of(workflow))
        self._letters = PastLetters(workflow)
        self.found.letters_are_whole = self._letters.is_whole
        self._told: set[tuple[int, int]] = set()
        self._asked = [each for each in (workflow.when, workflow.until) if each is not None]

    def span(self, connection: Any) -> tuple[int, int]:
        """The ids of the log between which all of it lies: ids grow with time."""
        return self._log(connection).span(self._since)

    def page(self, connection: Any, after: int, last: int) -> int | None:
        """Look at one page behind an id; gives the id behind which the next begins, None at the end."""
        rows = self._log(connection).page(after, last, self._since, PAGE)
        if not rows:
            return None
        past = Past(connection, self._live, after)
        happened = {module: list(found) for module, found in self._happened(connection, past, rows)}
        hits = self._fresh(PastEvents(connection, self._live, past, self._workflow).hits(happened))
        reading = PastReading(connection, self._live, past, self._workflow.module)
        begun = [each for hit in self._holding(connection, reading, hits) if (each := self._begin(past, hit))]
        self._count(reading, begun)
        self.found.read += len(rows)
        self.found.lost += len(past.lost)
        self.found.is_whole = self.found.is_whole and past.is_whole
        return None if self.found.is_full else int(rows[-1].id)

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
            timelines = past.of(module, {record_id for record_id, _ in wanted})
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

    # Whether its condition held

    def _holding(self, connection: Any, reading: PastReading, hits: Sequence[PastHit]) -> Iterator["_Hit"]:
        needed = needed_by(self._asked)
        thens = [hit.then for hit in hits]
        seen = reading.seen(needed, [hit.after for hit in hits], thens)
        old = reading.before(needed, [hit.before for hit in hits], thens)
        ran = self._ran_before(connection, hits)
        for hit, plain, before in zip(hits, seen, old, strict=True):
            read = _Asked(reading, hit, plain, before)
            if self._workflow.when is not None and read(self._workflow.when) is not True:
                continue
            if self._workflow.once and (hit.record_id in self.found.records or hit.record_id in ran):
                continue
            self.found.records.add(hit.record_id)
            yield _Hit(hit, self._begins(hit, read))

    def _ran_before(self, connection: Any, hits: Sequence[PastHit]) -> frozenset[int]:
        """Of workflows that run once: the records for which it ran before the time that is told again."""
        if not self._workflow.once:
            return frozenset()
        ids = {hit.record_id for hit in hits}
        return has_run_before(connection, self._workflow.key, ids, self._since)

    def _begins(self, hit: PastHit, read: "_Asked") -> datetime:
        at = hit.then.at
        if self._workflow.until is None:
            return at + (self._workflow.delay or timedelta())
        moment = read(self._workflow.until)
        if isinstance(moment, datetime):
            return max(moment, at)
        if isinstance(moment, date):
            zone = ZoneInfo(self._live.catalog.timezone)
            return max(datetime.combine(moment, time(), zone), at)
        return at + (self._workflow.delay or timedelta())

    # What its runs would have been

    def _begin(self, past: Past, one: "_Hit") -> "_Begun | None":
        hit = one.hit
        if one.begins > self._now:
            self.found.waiting += 1
            self.found.fired += 1
            self._show(_Begun(one, Begun(hit.then, hit.user_id, hit.after, hit.before, frozenset())))
            return None
        then, state = hit.then, hit.after
        if one.begins > hit.then.at:
            then = Then(one.begins)
            timeline = past.of(self._workflow.module, [hit.record_id]).get(hit.record_id)
            was = timeline.as_of(then) if timeline is not None else None
            state = was if was is not None else state
        changed = frozenset(hit.changed) if hit.before is not None else frozenset()
        return _Begun(one, Begun(then, hit.user_id, state, hit.before, changed))

    def _count(self, reading: PastReading, begun: list["_Begun"]) -> None:
        begun = self._rechecked(reading, begun)
        self._letters.write(reading, [each.begun for each in begun])
        for each in begun:
            found, letters = self.found, each.begun.letters
            found.fired += 1
            found.letters += len(letters)
            found.addresses.update(one.casefold() for one in letters)
            self._show(each)

    def _rechecked(self, reading: PastReading, begun: list["_Begun"]) -> list["_Begun"]:
        when = self._workflow.when
        if not self._workflow.recheck or when is None or not begun:
            return begun
        needed, thens = needed_by([when]), [each.begun.then for each in begun]
        seen = reading.seen(needed, [each.begun.state for each in begun], thens)
        old = reading.before(needed, [each.begun.before for each in begun], thens)
        kept = []
        for each, plain, before in zip(begun, seen, old, strict=True):
            own = each.begun
            if reading.value(when, plain, before, own.then, own.user_id, own.changed) is True:
                kept.append(each)
            else:
                self.found.skipped += 1
        return kept

    def _show(self, each: "_Begun") -> None:
        hit, letters = each.one.hit, tuple(each.begun.letters)
        self.found.examples.append(Example(hit.record_id, hit.then.at, hit.what, each.one.begins, letters))


@dataclass(frozen=True, slots=True)
class _Hit:
    hit: PastHit
    begins: datetime


@dataclass(frozen=True, slots=True)
class _Begun:
    one: _Hit
    begun: Begun


@dataclass(frozen=True, slots=True)
class _Asked:
    """Asks expressions about a record as its save had left it."""

    reading: PastReading
    hit: PastHit
    plain: Mapping[str, Any]
    before: Mapping[str, Any] | None

    def __call__(self, expression: Expression) -> Any:
        return self.reading.value(expression, self.plain, self.before, self.hit.then, self.hit.user_id)
