"""Restoring: a record comes back from the bin, and with it what its deletion took along and what it
emptied.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, select, update

from runtime.base.messages import message
from runtime.records.among import among
from runtime.records.change_log import Entry
from runtime.records.plan import FieldPlan, ModulePlan
from runtime.records.stored import Values, records_by_id
from runtime.records.unique import check
from runtime.records.work import Asked, Batch, Work
from runtime.records.write import touch


@dataclass(frozen=True, slots=True)
class Returning:
    """A record that comes back, as it stands in the bin."""

    plan: ModulePlan
    id: int
    values: Values
    asked: Asked


@dataclass(frozen=True, slots=True)
class Refilled:
    """A field that its target's deletion emptied, and that points at it again."""

    plan: ModulePlan
    field: FieldPlan
    id: int
    version: int
    target: int
    asked: Asked


@dataclass(slots=True)
class Restoring:
    """Everything that one call of the writer brings back.

    ``cleared`` are fields that cannot point where they did.
    """

    returning: dict[int, Returning] = field(default_factory=dict)
    refilled: list[Refilled] = field(default_factory=list)
    cleared: list[tuple[Returning, FieldPlan]] = field(default_factory=list)


def plan_restore(batch: Batch, roots: Iterable[Returning]) -> Restoring:
    """Find out what comes back with these records; what cannot stand any more is refused."""
    restoring = Restoring({each.id: each for each in roots})
    if not restoring.returning:
        return restoring
    change_sets = _change_sets(batch, restoring.returning)
    went = _went_with(batch, set(change_sets.values()))
    origin = dict(change_sets)
    frontier = list(restoring.returning.values())
    while frontier:
        frontier = _following(batch, frontier, origin, went, restoring)
    _refill(batch, restoring, origin)
    _refuse_alike(batch, restoring)
    _refuse_dangling(batch, restoring)
    return restoring


def leave_out_refused(restoring: Restoring, nothing: bool) -> None:
    """Drop what belongs to refused changes; all of it, when the batch is all or nothing."""
    restoring.returning = {
        key: each for key, each in restoring.returning.items() if not nothing and not each.asked.errors
    }
    restoring.refilled = [each for each in restoring.refilled if not nothing and not each.asked.errors]
    restoring.cleared = [each for each in restoring.cleared if not nothing and not each[0].asked.errors]


def carry_out(batch: Batch, restoring: Restoring) -> list[Entry]:
    """Write it; gives the entries of the change log."""
    entries: list[Entry] = []
    by_module: dict[str, list[Returning]] = {}
    for each in restoring.returning.values():
        by_module.setdefault(each.plan.key, []).append(each)
    emptied: dict[int, list[FieldPlan]] = {}
    for returning, pointer in restoring.cleared:
        emptied.setdefault(returning.id, []).append(pointer)
    for module, them in by_module.items():
        touch(batch, batch.plans[module], [each.id for each in them], deleted_at=None)
        for each in them:
            fields = emptied.get(each.id, [])
            entries.append(
                Entry(
                    module,
                    each.id,
                    "restored",
                    int(str(each.values["version"])) + 1,
                    {pointer.key: each.values[pointer.key] for pointer in fields} or None,
                    {pointer.key: None for pointer in fields} or None,
                )
            )
    _set(batch, [(each.plan, pointer, each.id, None) for each, pointer in restoring.cleared])
    _set(batch, [(each.plan, each.field, each.id, each.target) for each in restoring.refilled])
    refilled: dict[tuple[str, int], list[Refilled]] = {}
    for again in restoring.refilled:
        refilled.setdefault((again.plan.key, again.id), []).append(again)
    for module in {module for module, _ in refilled}:
        touch(batch, batch.plans[module], [key for of, key in refilled if of == module])
    for (module, record_id), fillings in refilled.items():
        old: dict[str, object] = {again.field.key: None for again in fillings}
        new: dict[str, object] = {again.field.key: again.target for again in fillings}
        entries.append(Entry(module, record_id, "updated", fillings[0].version + 1, old, new))
    return entries


def _change_sets(batch: Batch, ids: Iterable[int]) -> dict[int, int]:
    # The change set that each record was deleted in, the latest one.
    log = batch.plans.workplace.tables.change_log
    statement = select(log.c.record_id, log.c.change_set_id).where(
        among(log.c.record_id, list(ids), batch.dialect), log.c.action == "deleted"
    )
    return dict(batch.tx.connection.execute(statement.order_by(log.c.id)).all())


def _went_with(batch: Batch, change_sets: set[int]) -> dict[int, int]:
    # Every record that one of the change sets deleted.
    log = batch.plans.workplace.tables.change_log
    statement = select(log.c.record_id, log.c.change_set_id).where(
        among(log.c.change_set_id, change_sets, batch.dialect), log.c.action == "deleted"
    )
    return dict(batch.tx.connection.execute(statement).all())


def _following(
    batch: Batch,
    frontier: list[Returning],
    origin: dict[int, int],
    went: dict[int, int],
    restoring: Restoring,
) -> list[Returning]:
    # What was deleted because one of these was: by a cascade, in the same change set, at the same moment.
    found: list[Returning] = []
    by_module: dict[str, dict[int, Returning]] = {}
    for each in frontier:
        by_module.setdefault(each.plan.key, {})[each.id] = each
    for module, records in by_module.items():
        for referrer in batch.plans.referrers(module):
            if referrer.field.on_delete != "cascade":
                continue
            columns = referrer.plan.table.columns
            statement = select(columns["id"][0]).where(
                among(columns[referrer.field.key][0], records, batch.dialect),
                columns["deleted_at"][0].is_not(None),
            )
            ids = [
                record_id
                for record_id in batch.tx.connection.execute(statement).scalars()
                if record_id in went and record_id not in restoring.returning
            ]
            if not ids:
                continue
            for record_id, values in records_by_id(
                batch.tx.connection, referrer.plan, ids, batch.dialect
            ).items():
                cause = records[int(str(values[referrer.field.key]))]
                same_time = _deleted_at(values) == _deleted_at(cause.values)
                if went[record_id] == origin.get(cause.id) and same_time:
                    back = Returning(referrer.plan, record_id, values, cause.asked)
                    origin[record_id] = went[record_id]
                    restoring.returning[record_id] = back
                    found.append(back)
    return found


def _deleted_at(values: Values) -> datetime | None:
    moment = values["deleted_at"]
    return moment if isinstance(moment, datetime) else None


def _refill(batch: Batch, restoring: Restoring, origin: dict[int, int]) -> None:
    # The fields that the deletion emptied: its own entries in the log say which, and they are filled if still
    # empty.
    tables = batch.plans.workplace.tables
    log, sets = tables.change_log, tables.change_sets
    told = (log.c.module, log.c.record_id, log.c.old, log.c.new, log.c.change_set_id, sets.c.revision_id)
    statement = select(*told).join(sets, sets.c.id == log.c.change_set_id)
    statement = statement.where(
        among(log.c.change_set_id, set(origin.values()), batch.dialect), log.c.action == "updated"
    )
    wanted: dict[str, list[tuple[int, str, int]]] = {}
    entries = batch.tx.connection.execute(statement.order_by(log.c.id)).all()
    for entry in batch.plans.workplace.former.now(entries):
        plan = batch.plans.get(entry.module)
        for key, target in (entry.old or {}).items():
            pointer = plan.fields.get(key) if plan is not None else None
            if pointer is None or pointer.on_delete != "clear" or not isinstance(target, int):
                continue
            emptied = (entry.new or {}).get(key) is None and origin.get(target) == entry.change_set_id
            if emptied and target in restoring.returning:
                wanted.setdefault(entry.module, []).append((entry.record_id, key, target))
    for module, pointers in wanted.items():
        plan = batch.plans[module]
        standing = records_by_id(
            batch.tx.connection, plan, {record_id for record_id, _, _ in pointers}, batch.dialect
        )
        for record_id, key, target in pointers:
            values = standing.get(record_id)
            back = record_id in restoring.returning
            if values is None or values[key] is not None or (values["deleted_at"] is not None and not back):
                continue
            version = int(str(values["version"])) + (1 if back else 0)
            asked = restoring.returning[target].asked
            restoring.refilled.append(Refilled(plan, plan.fields[key], record_id, version, target, asked))


def _refuse_alike(batch: Batch, restoring: Restoring) -> None:
    # What was unique may have been given to another record since.
    by_module: dict[str, list[Work]] = {}
    for each in restoring.returning.values():
        work = Work(plan=each.plan, asked=each.asked, raw={}, id=each.id, values=dict(each.values))
        by_module.setdefault(each.plan.key, []).append(work)
    for works in by_module.values():
        check(batch, works)


def _refuse_dangling(batch: Batch, restoring: Restoring) -> None:
    # What it points at may have been deleted since: a field that may be empty is emptied, any other stands in
    # the way.
    pointing: dict[str, set[int]] = {}
    for each in restoring.returning.values():
        for pointer in _pointers(each.plan):
            target = each.values[pointer.key]
            if isinstance(target, int) and target not in restoring.returning:
                for module in pointer.targets:
                    pointing.setdefault(module, set()).add(target)
    alive: set[int] = set()
    for module, ids in pointing.items():
        columns = batch.plans[module].table.columns
        statement = select(columns["id"][0]).where(
            among(columns["id"][0], ids, batch.dialect), columns["deleted_at"][0].is_(None)
        )
        alive.update(batch.tx.connection.execute(statement).scalars())
    for each in restoring.returning.values():
        for pointer in _pointers(each.plan):
            target = each.values[pointer.key]
            if not isinstance(target, int) or target in alive or target in restoring.returning:
                continue
            if pointer.on_delete == "clear" and not pointer.field.required:
                restoring.cleared.append((each, pointer))
            else:
                each.asked.refuse(
                    "",
                    message("{label} is deleted: restore that record first.", label=pointer.field.label),
                    "restricted",
                )


def _pointers(plan: ModulePlan) -> list[FieldPlan]:
    return [
        pointer
        for pointer in plan.stored
        if pointer.targets and pointer.key not in ("owner", "created_by", "updated_by")
    ]


def _set(batch: Batch, pointers: list[tuple[ModulePlan, FieldPlan, int, int | None]]) -> None:
    by_field: dict[tuple[str, str], list[dict[str, int | None]]] = {}
    for plan, pointer, record_id, target in pointers:
        by_field.setdefault((plan.key, pointer.key), []).append({"_id": record_id, "_target": target})
    for (module, key), rows in by_field.items():
        table = batch.plans[module].table
        statement = (
            update(table.table)
            .where(table.columns["id"][0] == bindparam("_id"))
            .values({table.columns[key][0]: bindparam("_target")})
        )
        batch.tx.connection.execute(statement, rows)
