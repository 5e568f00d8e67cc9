"""Staying current: after a save has written its records, the stored computed fields that follow from them.

In the writer's own transaction, and set by set: the ways back from what changed are walked in one statement
for each wave of fields, what they should hold is set against what they hold in a second, and what differs is
written in a third; that in turn is what later waves follow. Where nothing follows, there is no statement.
More than :data:`MOST` records of a wave are left to an operation, and with them all that follows from them.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, update

from runtime.records import recomputation
from runtime.records.change_log import Entry, Json, Log
from runtime.records.following import Follower, Name
from runtime.records.plan import ModulePlan
from runtime.records.stored import records_by_id
from runtime.records.work import Batch
from runtime.records.written import Changed, Written
from runtime.storage.recomputing import Differing
from runtime.storage.walking import Walk

MOST = 10_000
"""So many records of a wave are recomputed in the save itself."""

CHANGED = "changed"
"""What happened to a record of which only computed fields have another value."""

COMPUTED = "computed"
"""What the change log says of who filled a field, as :mod:`runtime.records.filling` does."""


def follow(batch: Batch, written: Written, log: Log) -> None:
    """Recompute what follows from a save, and put what that has changed into its log."""
    following = batch.plans.following
    asked = _Asked(batch)
    for (module, key), changed in written:
        asked.add(module, key, changed, written)
    said = _Said(log)
    left: set[Name] = set()
    for wave in following.waves:
        fields = tuple(key for key in wave.fields if (wave.module, key) not in left)
        walks = asked.walks(wave.module, fields)
        if not walks:
            continue
        reached = [key for key in fields if asked.reaches((wave.module, key))]
        recomputing = batch.plans.recomputing
        ids = recomputing.reached(batch.tx.connection, wave.module, walks, MOST + 1)
        if len(ids) > MOST:
            left.update(following.after([(wave.module, key) for key in reached]))
        elif ids:
            found = recomputing.differing(batch.tx.connection, wave.module, reached, ids)
            store(batch, wave.module, reached, found)
            said.add(batch.plans[wave.module], found)
            log.followed.append((wave.module, found))
            for key, those in _by_field(found).items():
                asked.add(wave.module, key, those, None)
                written.add(wave.module, key, those.ids)
    if left:
        names = [name for name in following.order if name in left]
        recomputation.start(batch, names)


def store(batch: Batch, module: str, fields: Collection[str], found: list[Differing]) -> None:
    """Write what differs, and the text that the records are found by where it is made of these fields."""
    plan = batch.plans[module]
    keys = tuple(fields)
    batch.plans.recomputing.write(batch.tx.connection, module, keys, found)
    if plan.search is None or plan.table.search is None or not plan.search.changes_with(keys):
        return
    standing = records_by_id(
        batch.tx.connection, plan, [each.id for each in found], batch.dialect, lock=False
    )
    if standing:
        table = plan.table
        statement = update(table.table).where(table.columns["id"][0] == bindparam("_id"))
        batch.tx.connection.execute(
            statement.values({plan.table.search.key: bindparam("_text")}),
            [{"_id": id_, "_text": plan.search.of(values)} for id_, values in standing.items()],
        )


def entries_of(plan: ModulePlan, found: Iterable[Differing]) -> list[Entry]:
    """The entries of records of which only computed fields changed. Their version stays."""
    entries = []
    for each in found:
        old, new = _logged(plan, each)
        causes = dict.fromkeys(new, COMPUTED) or None
        entries.append(Entry(plan.key, each.id, CHANGED, each.version, old, new, causes))
    return entries


class _Asked:
    """What is to be recomputed: for each field, the ways to its records."""

    def __init__(self, batch: Batch) -> None:
        self._following = batch.plans.following
        self._walks: dict[Name, dict[object, tuple[Follower, set[int], set[int]]]] = {}

    def add(self, module: str, key: str, changed: Changed, written: Written | None) -> None:
        """A field has changed in some records. ``written`` says what the save itself has worked out."""
        for follower in self._following.followers(module, key):
            ids = changed.ids
            if written is not None and follower.is_of_the_record:
                ids = ids - written.worked
            elif written is not None and follower.is_of_rows:
                ids = ids - written.carried
            hangs_by = follower.way[-1].hangs_by if follower.way else None
            former = changed.former if hangs_by == (module, key) else set()
            if ids or former:
                place = tuple(hop.key for hop in follower.way)
                walk = self._walks.setdefault(follower.name, {}).setdefault(place, (follower, set(), set()))
                walk[1].update(ids)
                walk[2].update(former)

    def reaches(self, name: Name) -> bool:
        """Whether anything leads to a field."""
        return name in self._walks

    def walks(self, module: str, fields: Iterable[str]) -> list[Walk]:
        """The ways to the records of a wave, each once."""
        found: dict[object, tuple[Follower, set[int], set[int]]] = {}
        for key in fields:
            for place, (follower, ids, former) in self._walks.get((module, key), {}).items():
                _, all_ids, all_former = found.setdefault(place, (follower, set(), set()))
                all_ids.update(ids)
                all_former.update(former)
        return [
            Walk(follower.way, frozenset(ids), frozenset(former)) for follower, ids, former in found.values()
        ]


class _Said:
    """What a save's log says, one entry for each record."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._places = {entry.record_id: place for place, entry in enumerate(log.entries)}

    def add(self, plan: ModulePlan, found: Iterable[Differing]) -> None:
        """Computed fields of records have another value: in what the save has said of them, or beside it."""
        log = self._log
        for each in entries_of(plan, found):
            place = self._places.get(each.record_id)
            if place is None:
                self._places[each.record_id] = len(log.entries)
                log.add([each])
            else:
                log.replace(place, _with(log.entries[place], each))


def _with(before: Entry, then: Entry) -> Entry:
    new = then.new or {}
    causes = {**(before.causes or {}), **(then.causes or {})} or None
    if before.action == "created":
        filled = {key: value for key, value in new.items() if value is not None}
        return replace(before, new=_merged(before.new, filled), causes=causes)
    old = _merged(then.old, before.old)
    return replace(before, old=old, new=_merged(before.new, new), causes=causes)


def _merged(first: Json | None, then: Json | None) -> Json:
    return {**(first or {}), **(then or {})}


def _logged(plan: ModulePlan, each: Differing) -> tuple[Json, Json]:
    keys = [key for key in each.old if key in plan.logged]
    return _json(plan, keys, each.old), _json(plan, keys, each.new)


def _json(plan: ModulePlan, keys: Iterable[str], values: Mapping[str, tuple[Any, ...]]) -> Json:
    found: Json = {}
    for key in keys:
        kind = plan.fields[key].type
        found[key] = kind.to_json(kind.from_columns(values[key]))
    return found


def _by_field(found: Iterable[Differing]) -> dict[str, Changed]:
    changed: dict[str, Changed] = {}
    for each in found:
        for key in each.old:
            changed.setdefault(key, Changed()).ids.add(each.id)
    return changed
