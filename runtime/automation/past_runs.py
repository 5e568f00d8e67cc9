"""Past runs: which of what a workflow's triggers looked at would have become runs, and what came of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from runtime.automation.past import Past, Plain, Then
from runtime.automation.past_events import PastHit
from runtime.automation.past_letters import Begun, PastLetters, needed_by
from runtime.automation.past_reading import PastReading
from runtime.automation.place import Snapshot
from runtime.model.catalog import Expression
from runtime.model.workflow import Workflow
from runtime.storage.once import has_run_before

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
    lost: set[int] = field(default_factory=set)
    records: set[int] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    examples: list[Example] = field(default_factory=list)
    is_whole: bool = True
    letters_are_whole: bool = True

    @property
    def is_full(self) -> bool:
        """Whether no more runs are counted."""
        return self.fired >= MOST

    def show(self, example: Example) -> None:
        """Keep the latest ones."""
        self.examples.append(example)
        if len(self.examples) > SHOWN:
            self.examples.sort(key=lambda each: each.at)
            del self.examples[0]

    def latest(self) -> list[Example]:
        """Those that are shown, the latest first; of those at one moment, the one that was found last."""
        ordered = sorted(self.examples, key=lambda each: each.at)
        ordered.reverse()
        return ordered


class PastRuns:
    """The runs of one workflow, counted until ``now``. Those before ``since`` have been, in truth."""

    def __init__(self, live: Snapshot, workflow: Workflow, since: datetime, now: datetime) -> None:
        self.found = Found()
        self._live = live
        self._workflow = workflow
        self._since = since
        self._now = now
        self._letters = PastLetters(workflow)
        self.found.letters_are_whole = self._letters.is_whole
        self._asked = [each for each in (workflow.when, workflow.until) if each is not None]
        self._had: set[int] = set()

    def count(self, connection: Any, past: Past, hits: Sequence[PastHit]) -> None:
        """Count those of some records, in the order of time."""
        reading = PastReading(connection, self._live, past, self._workflow.module)
        begun = [each for hit in self._holding(connection, reading, hits) if (each := self._begin(past, hit))]
        begun = self._rechecked(reading, begun)
        self._letters.write(reading, [each.begun for each in begun])
        for each in begun:
            self._tell(each)

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
            if self._workflow.once and (hit.record_id in self._had or hit.record_id in ran):
                continue
            if self._workflow.once:
                self._had.add(hit.record_id)
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
            self._tell(_Begun(one, Begun(hit.then, hit.user_id, hit.after, hit.before, frozenset())))
            return None
        then, state = hit.then, hit.after
        if one.is_late:
            then = Then(one.begins)
            timeline = past.of(self._workflow.module, [hit.record_id]).get(hit.record_id)
            was = timeline.as_of(then) if timeline is not None else None
            state = was if was is not None else state
        changed = frozenset(hit.changed) if hit.before is not None else frozenset()
        return _Begun(one, Begun(then, hit.user_id, state, hit.before, changed))

    def _rechecked(self, reading: PastReading, begun: list["_Begun"]) -> list["_Begun"]:
        when, recheck = self._workflow.when, self._workflow.recheck
        late = [each for each in begun if each.one.is_late and (recheck or each.one.hit.by_clock)]
        if when is None or not late:
            return begun
        needed, thens = needed_by([when]), [each.begun.then for each in late]
        seen = reading.seen(needed, [each.begun.state for each in late], thens)
        old = reading.before(needed, [each.begun.before for each in late], thens)
        over = set()
        for each, plain, before in zip(late, seen, old, strict=True):
            own = each.begun
            if reading.value(when, plain, before, own.then, own.user_id, own.changed) is not True:
                over.add(id(each))
        self.found.skipped += len(over)
        return [each for each in begun if id(each) not in over]

    def _tell(self, each: "_Begun") -> None:
        found, hit, letters = self.found, each.one.hit, tuple(each.begun.letters)
        found.fired += 1
        found.records.add(hit.record_id)
        found.letters += len(letters)
        found.addresses.update(one.casefold() for one in letters)
        found.show(Example(hit.record_id, hit.then.at, hit.what, each.one.begins, letters))


@dataclass(frozen=True, slots=True)
class _Hit:
    hit: PastHit
    begins: datetime

    @property
    def is_late(self) -> bool:
        """Whether it begins later than its cause."""
        return self.begins > self.hit.then.at


@dataclass(frozen=True, slots=True)
class _Begun:
    one: _Hit
    begun: Begun


@dataclass(frozen=True, slots=True)
class _Asked:
    """Asks expressions about a record as its save had left it, or as the clock found it."""

    reading: PastReading
    hit: PastHit
    plain: Mapping[str, Any]
    before: Plain | None

    def __call__(self, expression: Expression) -> Any:
        changed: frozenset[str] | None = frozenset() if self.hit.by_clock else None
        hit = self.hit
        return self.reading.value(expression, self.plain, self.before, hit.then, hit.user_id, changed)
