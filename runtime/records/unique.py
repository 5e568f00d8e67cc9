"""Uniqueness: no two records alike in a field, or in a group of fields.

Empties and deleted records do not count.
"""

from sqlalchemy import and_, select

from runtime.base.messages import message
from runtime.records.among import among
from runtime.records.parse import is_seen
from runtime.records.plan import FieldPlan, ModulePlan
from runtime.records.work import Batch, Work

Key = tuple[object, ...]


def check(batch: Batch, works: list[Work]) -> None:
    """Refuse what would be there twice, in the batch or in the database: one statement for each group of
    fields.
    """
    plan = works[0].plan
    for names in plan.uniques:
        fields = [plan.fields[name] for name in names]
        first: dict[Key, Work] = {}
        for work in works:
            if work.asked.errors or not any(name in work.values for name in names):
                continue
            key = _key(work, fields)
            if key is None or (work.old is not None and key == _standing(work, fields)):
                continue
            if key in first:
                _refuse(batch, work, fields)
            else:
                first[key] = work
        for key, record_id in _taken(batch, plan, fields, first):
            if record_id != first[key].id:
                _refuse(batch, first[key], fields)


def _taken(
    batch: Batch, plan: ModulePlan, fields: list[FieldPlan], wanted: dict[Key, Work]
) -> list[tuple[Key, int]]:
    if not wanted:
        return []
    table, columns = plan.table.table, [name for field in fields for name in field.columns]
    conditions = [
        among(table.c[name], {key[place] for key in wanted}, batch.dialect)
        for place, name in enumerate(columns)
    ]
    if columns != ["number"]:  # a number is never used again, not even after a deletion
        conditions.append(plan.table.columns["deleted_at"][0].is_(None))
    going = {removal.id for removal in batch.removals if removal.plan is plan}
    statement = select(plan.table.columns["id"][0], *(table.c[name] for name in columns))
    found = batch.tx.connection.execute(statement.where(and_(*conditions)))
    return [(tuple(key), row_id) for row_id, *key in found if tuple(key) in wanted and row_id not in going]


def _key(work: Work, fields: list[FieldPlan]) -> Key | None:
    parts: list[object] = []
    for field in fields:
        for part in field.type.to_columns(work.get(field.key)):
            if part is None:
                return None
            parts.append(part)
    return tuple(parts)


def _standing(work: Work, fields: list[FieldPlan]) -> Key:
    old = work.old or {}
    return tuple(part for field in fields for part in field.type.to_columns(old.get(field.key)))


def _refuse(batch: Batch, work: Work, fields: list[FieldPlan]) -> None:
    # Fields that the actor does not see are not named.
    seen = [field for field in fields if is_seen(batch, work.plan, field.key)]
    at = next((field.key for field in seen if field.key != "parent"), "")
    labels = [field.field.label for field in seen]
    if len(fields) == 1 and seen:
        work.refuse(at, message("Another record has the same {label}.", label=labels[0]))
    elif seen:
        names = {f"label{place}": label for place, label in enumerate(labels)}
        listed = ", ".join(f"{{{name}}}" for name in names)
        work.refuse(at, message(f"Another record is alike in all of: {listed}.", **names))
    else:
        work.refuse(at, message("There is such a record already."))
