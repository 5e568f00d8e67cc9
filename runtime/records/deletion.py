"""Deleting: what goes with a record, what is emptied, and what stands in the way, as each relation's
``on_delete`` says.

A deletion is soft: the record stays in the bin. Everything it touches is in its change set, from which
:mod:`runtime.records.restore` brings it back. What a deletion empties is logged even where the field is not
otherwise logged (``log: false``), for the log is what a restore reads.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, Select, func, literal, select, union_all, update

from runtime.base.messages import message
from runtime.identity.actor import Actor
from runtime.records.access import Judge
from runtime.records.among import among
from runtime.records.change import Change
from runtime.records.change_log import Entry
from runtime.records.plan import FieldPlan, ModulePlan, Plans, Referrer
from runtime.records.work import Asked, Batch
from runtime.records.write import touch

UNSEEN = message("It cannot be deleted: other records point at it.")


@dataclass(frozen=True, slots=True)
class Doomed:
    """A record that will be deleted: its version, the change that it goes with, and whose row it is."""

    id: int
    version: int
    asked: Asked
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Emptied:
    """A field that will be emptied, because the record that it points at goes."""

    plan: ModulePlan
    field: FieldPlan
    id: int
    version: int
    target: int
    asked: Asked


@dataclass(slots=True)
class Deletion:
    """Everything that one call of the writer deletes and empties. ``doomed`` is by module and id."""

    doomed: dict[str, dict[int, Doomed]] = field(default_factory=dict)
    emptied: list[Emptied] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Effects:
    """What deleting one record would do, as counts by module: what stands in the way, what goes too, what is
    emptied.
    """

    blocked: tuple[tuple[str, int], ...]
    gone: tuple[tuple[str, int], ...]
    cleared: tuple[tuple[str, int], ...]


def plan_deletion(batch: Batch, roots: Iterable[tuple[ModulePlan, Doomed]]) -> Deletion:
    """Find out what deleting these records does, and lock it; a record that must stay is refused."""
    deletion = _walk(batch.tx.connection, batch.plans, roots, lock=True)
    for asked, module, count in _blocked(batch.tx.connection, batch.plans, deletion):
        by = batch.plans[module].module
        if not sees_what_points(batch.judge, batch.actor, batch.plans[module]):
            if not asked.errors:
                asked.refuse("", UNSEEN, "restricted")
            continue
        one = message("It cannot be deleted: 1 {module} points at it.", module=by.label)
        many = message("It cannot be deleted: {count} {modules} point at it.", count=count, modules=by.plural)
        asked.refuse("", one if count == 1 else many, "restricted")
    return deletion


def sees_what_points(judge: Judge, actor: Actor, plan: ModulePlan) -> bool:
    """Whether the actor sees of every record of a module what it points at; else nobody counts them."""
    fields = [each.key for each in plan.pointing]
    return (
        not judge.conditions(actor, plan.key, "read")
        and all(judge.may(actor, plan.key, "read", field=key).allowed for key in fields)
        and all(judge.field_condition(actor, plan.key, key, "read") is None for key in fields)
    )


def effects(connection: Connection, plans: Plans, plan: ModulePlan, record_id: int) -> Effects:
    """What deleting a record would do. Only reads."""
    asked = Asked(0, Change(plan.key, id=record_id, action="delete"))
    deletion = _walk(connection, plans, [(plan, Doomed(record_id, 0, asked))], lock=False)
    gone = {module: len(records.keys() - {record_id}) for module, records in deletion.doomed.items()}
    cleared: dict[str, set[int]] = {}
    for each in deletion.emptied:
        cleared.setdefault(each.plan.key, set()).add(each.id)
    return Effects(
        blocked=tuple((module, count) for _, module, count in _blocked(connection, plans, deletion)),
        gone=tuple((module, count) for module, count in gone.items() if count),
        cleared=tuple((module, len(ids)) for module, ids in cleared.items()),
    )


def _walk(
    connection: Connection, plans: Plans, roots: Iterable[tuple[ModulePlan, Doomed]], *, lock: bool
) -> Deletion:
    deletion = Deletion()
    frontier: dict[str, dict[int, Doomed]] = {}
    for plan, doomed in roots:
        frontier.setdefault(plan.key, {})[doomed.id] = doomed
    while frontier:
        following: dict[str, dict[int, Doomed]] = {}
        for module, records in frontier.items():
            deletion.doomed.setdefault(module, {}).update(records)
        for module, records in frontier.items():
            for referrer in plans.referrers(module):
                if referrer.field.on_delete == "cascade":
                    known = deletion.doomed.get(referrer.plan.key, {})
                    for found in _pointing_at(connection, plans, referrer, records, lock=lock):
                        if found.id not in known:
                            going = Doomed(found.id, found.version, found.asked)
                            following.setdefault(referrer.plan.key, {})[found.id] = going
                elif referrer.field.on_delete == "clear":
                    deletion.emptied.extend(_pointing_at(connection, plans, referrer, records, lock=lock))
        frontier = following
    deletion.emptied = [
        each for each in deletion.emptied if each.id not in deletion.doomed.get(each.plan.key, {})
    ]
    return deletion


def leave_out_refused(deletion: Deletion, nothing: bool) -> None:
    """Drop what belongs to refused changes; all of it, when the batch is all or nothing."""
    for module, records in list(deletion.doomed.items()):
        deletion.doomed[module] = {
            key: doomed for key, doomed in records.items() if not nothing and not doomed.asked.errors
        }
    deletion.emptied = [each for each in deletion.emptied if not nothing and not each.asked.errors]


def carry_out(batch: Batch, deletion: Deletion) -> list[Entry]:
    """Write it; gives the entries of the change log."""
    entries: list[Entry] = []
    for module, records in deletion.doomed.items():
        touch(batch, batch.plans[module], records, deleted_at=batch.now)
        entries.extend(Entry(module, doomed.id, "deleted", doomed.version + 1) for doomed in records.values())
    emptied: dict[str, dict[int, list[Emptied]]] = {}
    by_field: dict[tuple[str, str], list[Emptied]] = {}
    for each in deletion.emptied:
        emptied.setdefault(each.plan.key, {}).setdefault(each.id, []).append(each)
        by_field.setdefault((each.plan.key, each.field.key), []).append(each)
    for (module, _), them in by_field.items():
        columns = batch.plans[module].table.columns
        condition = among(columns["id"][0], [each.id for each in them], batch.dialect)
        batch.tx.connection.execute(
            update(batch.plans[module].table.table)
            .where(condition)
            .values({them[0].field.columns[0]: None})  # the id: its module stays, for a restore
        )
    for module, changed in emptied.items():
        touch(batch, batch.plans[module], changed)
        entries.extend(
            Entry(
                module,
                record_id,
                "updated",
                them[0].version + 1,
                {each.field.key: each.target for each in them},
                {each.field.key: None for each in them},
            )
            for record_id, them in changed.items()
        )
    return entries


def _pointing_at(
    connection: Connection, plans: Plans, referrer: Referrer, targets: dict[int, Doomed], *, lock: bool
) -> list[Emptied]:
    columns = referrer.plan.table.columns
    pointer = columns[referrer.field.key][0]
    statement = (
        select(columns["id"][0], columns["version"][0], pointer)
        .where(among(pointer, targets, plans.dialect), columns["deleted_at"][0].is_(None))
        .order_by(columns["id"][0])
    )
    if lock:
        statement = statement.with_for_update()
    return [
        Emptied(referrer.plan, referrer.field, record_id, version, target, targets[target].asked)
        for record_id, version, target in connection.execute(statement)
    ]


def _blocked(connection: Connection, plans: Plans, deletion: Deletion) -> list[tuple[Asked, str, int]]:
    # Who still points at what goes, and does not go with it: all the counts in one statement.
    counts: list[Select[str, str, int, int]] = []
    for module, records in deletion.doomed.items():
        for referrer in plans.referrers(module):
            if referrer.field.on_delete != "restrict":
                continue
            columns = referrer.plan.table.columns
            pointer = columns[referrer.field.key][0]
            where = [among(pointer, records, plans.dialect), columns["deleted_at"][0].is_(None)]
            going = deletion.doomed.get(referrer.plan.key)
            if going:
                where.append(~among(columns["id"][0], going, plans.dialect))
            counts.append(
                select(
                    literal(module).label("module"),
                    literal(referrer.plan.key).label("by"),
                    pointer.label("target"),
                    func.count().label("count"),
                )
                .where(*where)
                .group_by(pointer)
            )
    if not counts:
        return []
    standing: dict[tuple[int, str], tuple[Asked, int]] = {}
    for module, by, target, count in connection.execute(union_all(*counts)):
        asked = deletion.doomed[module][target].asked
        before = standing.get((asked.index, by), (asked, 0))[1]
        standing[asked.index, by] = (asked, before + count)
    return [(asked, by, count) for (_, by), (asked, count) in standing.items()]
