"""What a save does by itself: defaults that are worked out, conditions of fields, and the module's checks.

The order: what is read-only looks at the record as it stands; then defaults, of records before those of
their rows; then what must be filled in, and last the checks.
"""

from runtime.base.messages import message
from runtime.model.catalog import Expression
from runtime.records import formulas, parse, rules
from runtime.records.filling import Filling
from runtime.records.known_defaults import is_known
from runtime.records.seen import (
    Seen,
    Standing,
    binds,
    changed_by_hand,
    is_empty,
    label_of,
    refuse_once,
)
from runtime.records.work import Batch, Work


def run(batch: Batch) -> None:
    """Take every step, for the modules that have any. Values that are wrong already are left alone."""
    modules = [works for works in batch.works.values() if works[0].plan.module.dynamics.any]
    if not modules:
        return
    modules.sort(key=lambda works: works[0].plan.depth)
    for works in modules:
        _hold_back(batch, works)
        rules.hold_back(batch, works)
        fill(batch, works)
    for works in reversed(modules):
        formulas.fill(batch, works)
    for works in modules:
        ruling = rules.Ruling(batch, works)
        _require(batch, works, ruling)
        rules.require(batch, works, ruling)
        rules.keep_hidden(batch, works, ruling)
        rules.limit(batch, works, ruling)
        sound = [work for work in works if not work.asked.errors]
        if sound:
            formulas.validate(batch, sound)
            _check(batch, sound)


def _hold_back(batch: Batch, works: list[Work]) -> None:
    conditions = works[0].plan.module.dynamics.readonly
    standing = [work for work in works if work.old is not None]
    if not (conditions and standing and binds(batch)):
        return
    seen = Standing(batch, standing, conditions.values())
    for key, condition in conditions.items():
        for work in standing:
            if changed_by_hand(work, key) and seen.holds(work, condition):
                refuse_once(work, key, message("{label} is read-only.", label=label_of(work, key)))


def fill(batch: Batch, works: list[Work]) -> None:
    """Fill in the defaults that are worked out."""
    defaults = works[0].plan.module.dynamics.defaults
    new = [work for work in works if work.old is None]
    if new and defaults:
        filling = Filling(batch, new, defaults.values())
        for key, expression in defaults.items():
            filling.fill(
                key, expression, [work for work in new if not _is_given(batch, work, key, expression)]
            )


def _is_given(batch: Batch, work: Work, key: str, expression: Expression) -> bool:
    # A form shows every field: one whose default depends on the others cannot show it, and comes back empty.
    if key not in work.raw:
        return False
    from_form = batch.parsing.door == "form" and not is_known(work.plan.fields[key], expression)
    return not (from_form and is_empty(work.get(key)))


def _require(batch: Batch, works: list[Work], ruling: rules.Ruling) -> None:
    for work in works:
        if late := work.plan.required_late:
            hidden = ruling.hidden(work).fields
            parse.require(work, [field for field in late if field.key not in hidden])
    conditions = works[0].plan.module.dynamics.required
    if not conditions:
        return
    seen = Seen(batch, works, conditions.values(), conditions)
    for key, condition in conditions.items():
        for work in works:
            is_shown = key not in ruling.hidden(work).fields
            if is_shown and is_empty(seen.own(work, key)) and seen.holds(work, condition):
                refuse_once(work, key, message("{label} is required.", label=label_of(work, key)))


def _check(batch: Batch, works: list[Work]) -> None:
    checks = works[0].plan.module.dynamics.checks
    if not checks:
        return
    seen = Seen(batch, works, [check.condition for check in checks])
    for check in checks:
        for work in works:
            if not seen.holds(work, check.condition):
                work.refuse(check.location, message("{reason}", reason=check.message))


def required(batch: Batch, work: Work) -> frozenset[str]:
    """The fields whose own condition requires them."""
    conditions = work.plan.module.dynamics.required
    seen = Seen(batch, [work], conditions.values())
    return frozenset(key for key, condition in conditions.items() if seen.holds(work, condition))


def readonly(batch: Batch, work: Work) -> frozenset[str]:
    """The fields whose own condition locks them, of a record that stands."""
    conditions = work.plan.module.dynamics.readonly
    if work.old is None or not conditions:
        return frozenset()
    seen = Standing(batch, [work], conditions.values())
    return frozenset(key for key, condition in conditions.items() if seen.holds(work, condition))
