"""Choosing: the writer's check of picklist values that may not always be chosen."""

from runtime.base.messages import Message, message
from runtime.model.catalog import Field, Picklist
from runtime.model.label import Label
from runtime.records.choices import Choice, controlling, fitting, keys_of, may_choose, may_follow
from runtime.records.work import Batch, Work


def check(batch: Batch, works: list[Work]) -> None:
    """Refuse values that may not be chosen just then. It reads the batch alone."""
    plan = works[0].plan
    for field in plan.limited:
        for work in works:
            if f"{work.path}{field.key}" not in work.asked.errors:
                reason = _reason(batch, work, field.field)
                if reason is not None:
                    work.refuse(field.key, reason)


def _reason(batch: Batch, work: Work, field: Field) -> Message | None:
    catalog = batch.plans.workplace.catalog
    key, above = field.key, controlling(field)
    old = work.old.get(key) if work.old is not None else None
    new = work.get(key)
    picklist = catalog.picklists[field.settings["picklist"]]
    if new != old:
        choice = Choice(field, old, None, work.is_new)
        reason = _not_after(batch, picklist, choice, new) or _not_for(batch, work, picklist, choice, new)
        if reason is not None:
            return reason
    if above is None or (new == old and not _changes(work, above)):
        return None
    fits = fitting(field, work.get(above))
    wrong = next((each for each in keys_of(new) if fits is not None and each not in fits), None)
    if wrong is None:
        return None
    other = work.plan.fields[above].field
    return message(
        "{label} may not be {value} while {other} is {standing}.",
        label=field.label,
        value=_label(picklist, wrong),
        other=other.label,
        standing=_label(catalog.picklists[other.settings["picklist"]], str(work.get(above))),
    )


def _not_after(batch: Batch, picklist: Picklist, choice: Choice, new: object) -> Message | None:
    if isinstance(new, tuple) or isinstance(choice.old, tuple) or choice.is_new:
        return None  # only one value follows another
    if batch.actor.door == "undo":
        return None  # it goes back to where it came from
    if may_follow(picklist, choice, new):
        return None
    old = _label(picklist, str(choice.old))
    if new is None:
        return message("{label} is {old} and may not be emptied.", label=choice.field.label, old=old)
    return message(
        "{label} may not go from {old} to {new}.",
        label=choice.field.label,
        old=old,
        new=_label(picklist, str(new)),
    )


def _not_for(batch: Batch, work: Work, picklist: Picklist, choice: Choice, new: object) -> Message | None:
    if work.is_new and choice.field.key not in work.raw:
        return None  # nobody chose the default
    roles, standing = batch.plans.workplace.catalog.roles, keys_of(choice.old)
    for key in keys_of(new):
        value = picklist.values.get(key)
        if value is not None and key not in standing and not may_choose(value.roles, batch.actor, roles):
            return message(
                "{label} may not be {value}: your role may not choose it.",
                label=choice.field.label,
                value=value.label,
            )
    return None


def _changes(work: Work, key: str) -> bool:
    return work.old is None or work.get(key) != work.old.get(key)


def _label(picklist: Picklist, key: str) -> Label:
    value = picklist.values.get(key)
    return value.label if value is not None else Label.of(key)
