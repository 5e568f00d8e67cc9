"""Dynamic field formulas in a save: they run in the order in which one reads what another fills."""

from runtime.base.messages import message
from runtime.fields.base import InvalidValueError
from runtime.model.dynamics import Formula
from runtime.model.label import Label
from runtime.records.filling import FORMULA, RULE, Filling
from runtime.records.seen import Before, Seen, changed_by_hand, keep, refuse_once
from runtime.records.work import Batch, Work


def fill(batch: Batch, works: list[Work]) -> None:
    """Fill the fields of the formulas that run; an undo's own values stay."""
    formulas = [one for one in works[0].plan.module.dynamics.formulas if one.value is not None]
    sound = [work for work in works if not work.asked.errors]
    if not (formulas and sound):
        return
    expressions = [each for one in formulas for each in (one.when, one.value) if each is not None]
    defaults = works[0].plan.module.dynamics.defaults
    set_by_rules = [one for one in formulas if one.rule]
    expressions += [defaults[one.field] for one in set_by_rules if one.field in defaults]
    filling = Filling(batch, sound, expressions)
    earlier = Before(batch, sound, [one.when for one in set_by_rules]) if set_by_rules else None
    for formula in formulas:
        if formula.value is None:
            continue
        if formula.computed:
            filling.compute(sound[0].plan.fields[formula.field], sound)
            continue
        if formula.when is not None:
            filling.look_again(formula.when)
        chosen = [work for work in sound if _runs(batch, filling, earlier, work, formula)]
        by = f"{RULE}{formula.rule}" if formula.rule else f"{FORMULA}{formula.key}"
        held = [work.get(formula.field) for work in chosen] if batch.asking else ()
        filling.fill(formula.field, formula.value, chosen, clear=formula.clear, by=by)
        for work, before in zip(chosen, held, strict=False):
            if formula.rule or (formula.follows and work.get(formula.field) != before):
                work.ruled.add(formula.field)


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


def _runs(batch: Batch, filling: Filling, before: Before | None, work: Work, formula: Formula) -> bool:
    if batch.actor.door == "undo" and formula.field in work.raw:
        return False
    if before is not None and formula.rule:
        return (
            not before.held(work, formula.when)
            and (formula.when is None or filling.seen.holds(work, formula.when))
            and not _gives(batch, filling, work, formula.field)
        )
    if not (formula.key in batch.formulas or _is_its_moment(work, formula)):
        return False
    return formula.when is None or filling.seen.holds(work, formula.when)


def _gives(batch: Batch, filling: Filling, work: Work, key: str) -> bool:
    """Whether whoever saves gives a field a value of their own; a form sends its default too."""
    if not changed_by_hand(work, key):
        return False
    default = work.plan.module.dynamics.defaults.get(key) if work.old is None else None
    if default is None:
        return True
    try:
        worked_out = keep(batch, work, work.plan.fields[key], filling.seen.value(work, default))
    except InvalidValueError:
        return True
    return worked_out != work.get(key)


def _is_its_moment(work: Work, formula: Formula) -> bool:
    if "save" in formula.run:
        return True
    if work.old is None:
        return "create" in formula.run
    return any(
        key in work.links or (key in work.values and work.values[key] != work.old.get(key))
        for key in formula.run
    )
