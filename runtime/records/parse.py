"""Reading a change: each value through its field's type, unknown and read-only fields refused, defaults
filled in.
"""

from collections.abc import Iterable, Mapping

from runtime.base.messages import message, phrase
from runtime.base.suggest import suggest
from runtime.fields.base import InvalidValueError
from runtime.records.plan import FieldPlan, ModulePlan
from runtime.records.reading import Parts, Reading, fields_of
from runtime.records.work import NO_FORMATS, Batch, Work

COMPUTED = phrase("{label} is computed by its formula, and takes no value.")


def parse(batch: Batch, work: Work) -> None:
    """Fill ``work.values``; what cannot be read is refused at its field."""
    values = work.values
    if work.asked.change.read and not work.path:
        values.update(work.raw)
    else:
        read, wrong = _reading(batch, work).read(work.raw)
        values.update(read)
        for key, reason in wrong:
            if reason is None:
                _refuse_unknown(batch, work, key, work.raw[key])
            else:
                work.refuse(key, reason)
    for field in work.plan.composite:
        value = values.get(field.key)
        if type(value) is Parts:
            values[field.key] = field.type.merged((work.old or {}).get(field.key), value.values)
    if work.old is None:
        for key, value in work.plan.defaults.items():
            if key not in work.raw:
                values[key] = value
        if "owner" not in values and work.plan.parent is None:
            values["owner"] = batch.actor.user_id


def _reading(batch: Batch, work: Work) -> Reading:
    # One for a module's records, another for its records as rows.
    kind = (work.plan.key, bool(work.path))
    reading = batch.readings.get(kind)
    if reading is None:
        fields = fields_of(work.plan, batch.parsing)
        if work.path:
            fields = {key: field for key, field in fields.items() if key not in ("parent", "position")}
        formats = NO_FORMATS if work.path else batch.formats
        reading = batch.readings[kind] = Reading(fields, batch.parsing, formats, work.plan.parent is not None)
    return reading


def require(work: Work, fields: Iterable[FieldPlan]) -> None:
    """Refuse what would leave one of these required fields empty.

    An update answers for the fields that it names alone.
    """
    values = work.values
    for field in fields:
        key = field.key
        if work.old is None or key in values:
            value = values.get(key)
            if (value is None or value == ()) and f"{work.path}{key}" not in work.asked.errors:
                work.refuse(key, message("{label} is required.", label=field.field.label))


def _refuse_unknown(batch: Batch, work: Work, key: str, raw: object) -> None:
    plan = work.plan
    if key in plan.rows:
        return
    field = plan.fields.get(key)
    if field is None:
        unknown_field(batch, work, key)
    elif field.field.is_virtual and work.old is not None:
        work.echoed[key] = raw
    elif not says_the_same(batch, work, field, raw):
        text = phrase("{label} is read-only.") if field.field.computed is None else COMPUTED
        work.refuse(key, message(text, label=field.field.label))


def unknown_field(batch: Batch, work: Work, key: str) -> None:
    """Refuse a field that is not there: or that the actor may not see, which is the same to them."""
    plan = work.plan
    known = [each for each in plan.writable if is_seen(batch, plan, each)]
    near = suggest(key[:100], (*known, *plan.rows))
    hint = message(' Did you mean "{near}"?', near=near) if near else ""
    work.refuse(
        key,
        message(
            '{module} has no field "{field}".{hint}', module=plan.module.label, field=key[:100], hint=hint
        ),
    )


def is_seen(batch: Batch, plan: ModulePlan, key: str) -> bool:
    """Whether there is such a field to the actor: one that leads to nothing but modules that they may not
    read is none.
    """
    judge, actor, field = batch.judge, batch.actor, plan.fields[key].field
    if not judge.may(actor, plan.key, "read", field=key).allowed:
        return False
    if field.system or not field.targets:
        return True
    return any(judge.may(actor, each, "read").allowed for each in field.targets)


def says_the_same(batch: Batch, work: Work, field: FieldPlan, raw: object) -> bool:
    """Whether a value is what stands there: a record may be sent back as it was read, and what cannot be
    written is let be then.
    """
    if work.old is None or field.link is not None:
        return False
    standing = work.old.get(field.key)
    if isinstance(raw, Mapping) and field.targets:
        raw = raw.get("id")
    try:
        return field.parse(raw, field.field, batch.parsing) == standing
    except InvalidValueError:
        return False
