"""The past: records as they were, told again from the change log.

A record as it stands is taken, and its changes are taken back from the newest on: before each of them it was
what it is after the one before. What the log does not keep has the value of today.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from runtime.automation.place import Snapshot
from runtime.model.values import Pointer
from runtime.records.log_told import LogTold
from runtime.records.older import is_of
from runtime.records.plan import FieldPlan, ModulePlan
from runtime.records.stored import links_of, records_by_id

Plain = Mapping[str, Any]

MOST = 20_000
"""So many entries of the log are read together."""


COMPUTED = frozenset(("changed",))
"""What is said of a save after which a record's computed fields alone have other values."""


@dataclass(frozen=True, slots=True)
class Then:
    """A place in the past: right after a change set had landed, or where none is named, at a moment."""

    at: datetime
    log_id: int = 0
    change_set: int = 0


@dataclass(frozen=True, slots=True)
class Happening:
    """What one save did to one record. ``before`` is None of a record that it made; ``changed`` are the
    fields that the log knows to have become others.
    """

    record_id: int
    then: Then
    actions: frozenset[str]
    door: str
    user_id: int | None
    changed: frozenset[str]
    before: Plain | None
    after: Plain


@dataclass(frozen=True, slots=True)
class Timeline:
    """One record: what happened to it, the oldest first, and how it stood before."""

    first: Plain | None
    happenings: tuple[Happening, ...]

    def as_of(self, then: Then) -> Plain | None:
        """The record as it was by then; None where it was not there yet."""
        state = self.first
        for each in self.happenings:
            if not _was_by(each.then, then):
                break
            state = each.after
        return state

    def of(self, change_set: int) -> Happening | None:
        """What one save did to it."""
        return next((each for each in self.happenings if each.then.change_set == change_set), None)


def _was_by(one: Then, then: Then) -> bool:
    if then.change_set:
        return one.change_set == then.change_set or one.log_id < then.log_id
    return one.at <= then.at


class Past:
    """Tells records again, on one connection, as far back as behind one row of the log.

    ``is_large``: there was more to be read than is read together; ``is_whole``: nothing was left out.
    """

    def __init__(self, connection: Any, live: Snapshot, after: int) -> None:
        self.is_whole = True
        self.is_large = False
        self._connection = connection
        self._plans = live.writer.plans
        self._log = LogTold(connection, live.writer.plans.workplace)
        self._after = after
        self._known: dict[tuple[str, int], Timeline] = {}

    def of(self, module: str, ids: Iterable[int]) -> dict[int, Timeline]:
        """What happened to records of a module; those that were purged since are left out."""
        asked = set(ids)
        missing = [each for each in asked if (module, each) not in self._known]
        if missing and (plan := self._plans.get(module)) is not None:
            self._fetch(plan, missing)
        return {each: self._known[module, each] for each in asked if (module, each) in self._known}

    def _fetch(self, plan: ModulePlan, ids: list[int]) -> None:
        dialect = self._plans.dialect
        found = records_by_id(self._connection, plan, ids, dialect, lock=False)
        standing: dict[int, dict[str, Any]] = {
            key: {name: canonical(value) for name, value in record.items()} for key, record in found.items()
        }
        for field in plan.linked:
            links = links_of(self._connection, field, list(standing), dialect)
            for key, record in standing.items():
                record[field.key] = tuple(link.id for link in links.get(key, ()))
        entries: dict[int, list[Any]] = {}
        for entry in self._entries(ids):
            entries.setdefault(entry.record_id, []).append(entry)
        for key, record in standing.items():
            self._known[plan.key, key] = _told(plan, key, record, entries.get(key, []))

    def _entries(self, ids: list[int]) -> list[Any]:
        found = self._log.of_records(ids, self._after, MOST + 1)
        if len(found) <= MOST:
            return found
        self.is_large = True
        if len(ids) > 1:
            middle = len(ids) // 2
            return [*self._entries(ids[:middle]), *self._entries(ids[middle:])]
        self.is_whole = False
        return found


def _told(plan: ModulePlan, record_id: int, standing: Plain, entries: list[Any]) -> Timeline:
    """The newest entry comes first; those of one save are one happening."""
    happenings: list[Happening] = []
    state: Plain | None = standing
    place = 0
    while place < len(entries) and state is not None:
        last = place
        while last < len(entries) and entries[last].change_set_id == entries[place].change_set_id:
            last += 1
        together, place = entries[place:last], last
        made = _happening(plan, record_id, state, together)
        happenings.append(made)
        state = made.before
    happenings.reverse()
    linked = happenings[:1]
    for each in happenings[1:]:  # when it was saved last, and how often, is known from the one before
        linked.append(replace(each, before=linked[-1].after if each.before is not None else None))
    return Timeline(state, tuple(linked))


def _happening(plan: ModulePlan, record_id: int, after: Plain, together: list[Any]) -> Happening:
    newest = together[0]
    actions = frozenset(each.action for each in together)
    old: dict[str, Any] = {}
    for entry in together:
        old |= _values(plan, entry.old or {})
    is_gone = "deleted" in actions
    after = {**after, "version": newest.version, "deleted_at": newest.at if is_gone else None}
    if actions != COMPUTED:
        after |= {"updated_at": newest.at, "updated_by": newest.user_id}
    earlier = {**after, **old, "deleted_at": newest.at if "restored" in actions else None}
    return Happening(
        record_id,
        Then(newest.at, newest.id, newest.change_set_id),
        actions,
        newest.door,
        newest.user_id,
        frozenset(old),
        None if "created" in actions else {**earlier, "version": (newest.version or 1) - 1},
        after,
    )


def _values(plan: ModulePlan, told: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in told.items():
        field = plan.fields.get(key)
        if field is not None and is_of(field, value):  # or it was of another type then
            found[key] = _value(field, value)
    return found


def _value(field: FieldPlan, value: Any) -> Any:
    if field.link is not None:
        return tuple(each["id"] if isinstance(each, Mapping) else int(each) for each in value or ())
    return None if value is None else canonical(field.type.from_json(value))


def canonical(value: object) -> object:
    """A value as expressions read it."""
    return value.id if isinstance(value, Pointer) else value
