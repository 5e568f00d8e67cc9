"""Dynamic field formulas in a save: they run in the order in which one reads what another fills."""

from runtime.base.messages import message
from runtime.fields.base import InvalidValueError
from runtime.model.dynamics import Formula
from runtime.model.label import Label
from runtime.records.filling import Filling
from runtime.records.seen import Seen, refuse_once
from runtime.records.work import Batch, Work


def fill(batch: Batch, works: list[Work]) -> None:
    """Fill the fields of the formulas that run; an undo's own values stay."""
    formulas = [one for one in works[0].plan.module.dynamics.formulas if one.value is not None]
    sound = [work for work in works if not work.asked.errors]
    if not (formulas and sound):
        return
    expressions = [each for one in formulas for each in (one.when, one.value) if each is not None]
    filling = Filling(batch, sound, expressions)
    for formula in formulas:
        if formula.value is None:
            continue
        if formula.computed:
            filling.compute(sound[0].plan.fields[formula.field], sound)
            continue
        if formula.when is not None:
            filling.look_again(formula.when)
        chosen = [work for work in sound if _runs(batch, filling, work, formula)]
        filling.fill(formula.field, formula.value, chosen, clear=formula.clear)


def validate(batch: Batch, works: list[Work]) -> None:
    """Refuse what formulas find wrong."""
    formulas = [one for one in works[0].plan.module.dynamics.formulas if "validate" in one.run]
    if not formulas:
        return
    seen = Seen(batch, works, [one.when for one in formulas if one.when is not None])
    for formula in formulas:
        for work in works:
            if formula.when is not None and seen.holds(work, formula.when):
                refuse_once(work, formula.field, message("{reason}", reason=formula.note))


def notes(batch: Batch, work: Work) -> tuple[Label, ...]:
    """What formulas say of a record that is looked at."""
    said = [one for one in work.plan.module.dynamics.formulas if "view" in one.run]
    if not said:
        return ()
    seen = Seen(batch, [work], [one.when for one in said if one.when is not None])
    holding = (one for one in said if one.when is not None and seen.holds(work, one.when))
    return tuple(one.note for one in holding if one.note is not None)


def _runs(batch: Batch, filling: Filling, work: Work, formula: Formula) -> bool:
    if batch.actor.door == "undo" and formula.field in work.raw:
        return False
    if not _is_its_moment(work, formula):
        return False
    try:
        return formula.when is None or filling.seen.value(work, formula.when) is True
    except InvalidValueError:
        return False


def _is_its_moment(work: Work, formula: Formula) -> bool:
    if "save" in formula.run:
        return True
    if work.old is None:
        return "create" in formula.run
    return any(
        key in work.links or (key in work.values and work.values[key] != work.old.get(key))
        for key in formula.run
    )
