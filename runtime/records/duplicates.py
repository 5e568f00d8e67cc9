"""Duplicates: records that may be there already, found by what their module's rules compare.

People are asked before they save one (a rule may refuse it outright); the program itself and an undo are not.
What stands already is not brought up again until a compared field changes. Whoever asks is shown only what
they may read: a rule that warns is silent about the rest, one that refuses does not name it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, Table, delete, func, select

from runtime.base.messages import message
from runtime.model.values import Ref
from runtime.records import writing_rights
from runtime.records.among import among
from runtime.records.duplicate_keys import Likeness, Matching
from runtime.records.plan import ModulePlan
from runtime.records.refs import Refs
from runtime.records.seen import binds, moment_of
from runtime.records.stored import Values, records_by_id
from runtime.records.work import Batch, Work
from runtime.storage.bulk import insert_rows
from runtime.storage.query import MOST

NAMED = 5
"""So many of the records that one may be a duplicate of are named."""
LOOKED_AT = 50
"""So many records of each key are looked at, the oldest first."""
COMPARED = 50
"""So many records are compared letter by letter: those that have most in common with the one saved."""


@dataclass(slots=True)
class Suspect:
    """A record to be saved, and those that it may be a duplicate of: of the database, or of the batch."""

    work: Work
    likeness: Likeness
    stored: list[int] = field(default_factory=list)
    before: Work | None = None


def check(batch: Batch, works: list[Work]) -> None:
    """Refuse what may be there already, unless the one who saves has seen it: three statements a rule."""
    plan = works[0].plan
    if not plan.duplicates or not binds(batch):
        return
    for matching in plan.duplicates:
        asked = [each for work in works if (each := _asked(matching, work)) is not None]
        if asked:
            _compare(batch, plan, matching, works, asked)
            _refuse(batch, plan, matching, [each for each in asked if each.stored or each.before])


def keep(batch: Batch, plan: ModulePlan, works: Iterable[Work]) -> None:
    """Write the keys by which saved records are found: two statements for each module."""
    if not plan.duplicates:
        return
    names = {each.whole for matching in plan.duplicates for each, _ in matching.fields}
    changed = [work for work in works if work.is_new or not names.isdisjoint(work.changed)]
    table, connection = batch.plans.workplace.tables.duplicate_keys, batch.tx.connection
    old = [work.id for work in changed if not work.is_new]
    if old:
        connection.execute(delete(table).where(among(table.c.record_id, old, batch.dialect)))
    records = {work.id: _values(work) for work in changed}
    insert_keys(connection, table, plan.duplicates, records)


def insert_keys(
    connection: Connection,
    table: Table,
    matchings: Iterable[Matching],
    records: Mapping[int, Mapping[str, object]],
) -> None:
    """Insert the keys of records with these values, which have none yet."""
    rows = [
        (matching.number, key, record_id)
        for matching in matchings
        for record_id, values in records.items()
        if (likeness := matching.likeness(values)) is not None
        for key in matching.kept(likeness)
    ]
    if rows:
        numbers, keys, ids = map(list, zip(*rows, strict=True))
        insert_rows(connection, table, {"rule": numbers, "key": keys, "record_id": ids}, {})


def _values(work: Work) -> dict[str, object]:
    return {**(work.old or {}), **work.values}


def _asked(matching: Matching, work: Work) -> Suspect | None:
    # What is to be looked for: it is new, or what is compared has changed.
    if work.asked.errors or (work.asked.change.anyway and not matching.rule.refuses):
        return None
    names = {each.whole for each, _ in matching.fields}
    if names.isdisjoint(work.values):
        return None
    likeness = matching.likeness(_values(work))
    if likeness is None or (work.old is not None and likeness == matching.likeness(work.old)):
        return None
    return Suspect(work, likeness)


def _compare(
    batch: Batch, plan: ModulePlan, matching: Matching, works: list[Work], asked: list[Suspect]
) -> None:
    sought = [matching.sought(each.likeness) for each in asked]
    holders = _holders(batch, {key for keys in sought for key in keys})
    mine = {work.id for work in works} | {removal.id for removal in batch.removals}
    near = [_nearest(holders, keys, mine) for keys in sought]
    standing = _standing(batch, plan, matching, {id_ for ids in near for id_ in ids})
    for each, ids in zip(asked, near, strict=True):
        alike = (id_ for id_ in sorted(ids) if id_ in standing)
        each.stored = [id_ for id_ in alike if matching.are_alike(each.likeness, standing[id_])]
    if len(works) > 1:
        _among_themselves(matching, works, asked, sought)


def _nearest(holders: dict[int, list[int]], keys: set[int], mine: set[int]) -> list[int]:
    # Those that have the most pieces in common: the fewer differ, the more.
    shared = Counter(found for key in keys for found in holders.get(key, ()))
    return [id_ for id_, _ in shared.most_common(COMPARED + len(mine)) if id_ not in mine][:COMPARED]


def _holders(batch: Batch, keys: set[int]) -> dict[int, list[int]]:
    # The records that are kept by these keys.
    table = batch.plans.workplace.tables.duplicate_keys
    place = func.row_number().over(partition_by=table.c.key, order_by=table.c.record_id).label("place")
    found = (
        select(table.c.key, table.c.record_id, place)
        .where(among(table.c.key, keys, batch.dialect))
        .subquery()
    )
    statement = select(found.c.key, found.c.record_id).where(found.c.place <= LOOKED_AT)
    holders: dict[int, list[int]] = {}
    for key, record_id in batch.tx.connection.execute(statement).all():
        holders.setdefault(key, []).append(record_id)
    return holders


def _standing(batch: Batch, plan: ModulePlan, matching: Matching, ids: set[int]) -> dict[int, Likeness]:
    if not ids:
        return {}
    found = records_by_id(batch.tx.connection, plan, ids, batch.dialect, lock=False)
    live: dict[int, Values] = {id_: values for id_, values in found.items() if values["deleted_at"] is None}
    compared = {id_: matching.likeness(values) for id_, values in live.items()}
    return {id_: likeness for id_, likeness in compared.items() if likeness is not None}


def _among_themselves(
    matching: Matching, works: list[Work], asked: list[Suspect], sought: list[set[int]]
) -> None:
    # Records of one batch that are alike: the first may go in.
    wanted = {id(each.work): (each, keys) for each, keys in zip(asked, sought, strict=True)}
    before: dict[int, list[tuple[Work, Likeness]]] = {}
    for work in works:
        likeness = matching.likeness(_values(work)) if not work.asked.errors else None
        if likeness is None:
            continue
        suspect, keys = wanted.get(id(work), (None, set()))
        if suspect is not None:
            near = (one for key in keys for one in before.get(key, ())[:LOOKED_AT])
            suspect.before = next((one for one, its in near if matching.are_alike(likeness, its)), None)
        if suspect is None or not (suspect.stored or suspect.before):
            for key in matching.kept(likeness):
                before.setdefault(key, []).append((work, likeness))


def _refuse(batch: Batch, plan: ModulePlan, matching: Matching, suspects: list[Suspect]) -> None:
    seen = _seen(batch, plan, {id_ for each in suspects for id_ in each.stored})
    key, label = matching.fields[0][0].whole, plan.module.label
    kind = "invalid" if matching.rule.refuses else "duplicate"
    for each in suspects:
        refs = [seen[id_] for id_ in each.stored if id_ in seen][:NAMED]
        known = {ref.id for ref in each.work.asked.alike}
        each.work.asked.alike.extend(ref for ref in refs if ref.id not in known)
        if refs:
            named = ", ".join(f"{ref.title} (#{ref.id})" for ref in refs)
            sentence = message("It may be there already: {records}.", records=named)
        elif each.before is not None:
            sentence = message("Another {label} that is being saved with it is alike.", label=label)
        elif matching.rule.refuses:
            sentence = message("There is one already, which you may not see.")
        else:
            continue
        each.work.refuse(key, sentence, kind)


def _seen(batch: Batch, plan: ModulePlan, ids: set[int]) -> dict[int, Ref]:
    # Those of the records that whoever saves may read, by what they are called.
    refs = Refs(batch.plans.reader, batch.judge)
    listed = sorted(ids - writing_rights.unseen(batch, plan, ids))
    found: dict[int, Ref] = {}
    for start in range(0, len(listed), MOST):
        places = [(plan.key, id_) for id_ in listed[start : start + MOST]]
        several = refs.several(batch.tx.connection, places, batch.actor, moment_of(batch))
        called = writing_rights.is_title_seen(batch, plan)
        found.update((ref.id, ref if called else replace(ref, title=f"#{ref.id}")) for ref in several)
    return found
