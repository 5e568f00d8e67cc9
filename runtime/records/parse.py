"""Reading a change: each value through its field's type, unknown and read-only fields refused, defaults
filled in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from runtime.base.messages import message
from runtime.base.suggest import suggest
from runtime.fields.base import InvalidValueError, Match, Parsing
from runtime.records.plan import FieldPlan
from runtime.records.work import Batch, Reader, Work, fields_of


@dataclass(frozen=True, slots=True)
class Linking:
    """A change of links that names only what is to come and to go; a plain list would replace them all.

    Both lists are as they would be written in a request.
    """

    add: tuple[object, ...] = ()
    remove: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedLinking:
    """A :class:`Linking` whose lists are canonical: Link, int or Match."""

    add: tuple[object, ...]
    remove: tuple[object, ...]


NO_FORMATS: Mapping[str, Parsing] = MappingProxyType({})


def parse(batch: Batch, work: Work) -> None:
    """Fill ``work.values``; what cannot be read is refused at its field.

    The same text in the same field is read once for the whole batch: a column of a file repeats itself.
    """
    readers = batch.readers.get((work.plan.key, bool(work.path)))
    if readers is None:
        readers = batch.readers[work.plan.key, bool(work.path)] = _readers(batch, work)
    values = work.values
    for key, raw in work.raw.items():
        reader = readers.get(key)
        if reader is None:
            _refuse_unknown(batch, work, key, raw)
            continue
        field, parsing, known = reader
        try:
            if type(raw) is str and known is not None:
                if raw in known:
                    values[key] = known[raw]
                else:
                    values[key] = known[raw] = field.parse(raw, field.field, parsing)
            elif type(raw) is Match:
                values[key] = raw
            elif type(raw) is Linking:
                values[key] = ParsedLinking(
                    _listed(raw.add, field, parsing), _listed(raw.remove, field, parsing)
                )
            else:
                values[key] = field.parse(raw, field.field, parsing)
        except InvalidValueError as error:
            work.refuse(key, error.message)
    if work.old is None:
        for key, value in work.plan.defaults.items():
            if key not in work.raw:
                values[key] = value
        if "owner" not in values and work.plan.parent is None:
            values["owner"] = batch.actor.user_id


def _readers(batch: Batch, work: Work) -> dict[str, Reader]:
    # How each field that may be given is read, and what was read of it so far; a unique one repeats nothing.
    formats = batch.formats if not work.path else NO_FORMATS
    return {
        key: (field, formats.get(key, batch.parsing), None if field.field.unique else {})
        for key, field in fields_of(work.plan, batch.parsing).items()
        if not (work.path and key in ("parent", "position"))
    }


def require(batch: Batch, work: Work) -> None:
    """Refuse what would leave a required field empty.

    An update answers for the fields that it names alone.
    """
    values = work.values
    for field in work.plan.required:
        key = field.key
        if work.old is None or key in values:
            value = values.get(key)
            if (value is None or value == ()) and f"{work.path}{key}" not in work.asked.errors:
                work.refuse(key, message("{label} is required.", label=field.field.label))


def _listed(raw: tuple[object, ...], field: FieldPlan, parsing: Parsing) -> tuple[object, ...]:
    found: list[object] = []
    for item in raw:
        if type(item) is Match:
            found.append(item)
        else:
            parsed = field.parse([item], field.field, parsing)
            found.extend(parsed if isinstance(parsed, tuple) else [parsed])
    return tuple(found)


def _refuse_unknown(batch: Batch, work: Work, key: str, raw: object) -> None:
    plan = work.plan
    if key in plan.rows:
        return
    field = plan.fields.get(key)
    if field is None:
        near = suggest(key[:100], (*plan.writable, *plan.rows))
        hint = message(' Did you mean "{near}"?', near=near) if near else ""
        work.refuse(
            key,
            message(
                '{module} has no field "{field}".{hint}', module=plan.module.label, field=key[:100], hint=hint
            ),
        )
    elif not _says_the_same(batch, work, field, raw):
        work.refuse(key, message("{label} is read-only.", label=field.field.label))


def _says_the_same(batch: Batch, work: Work, field: FieldPlan, raw: object) -> bool:
    # A record may be sent back as it was read: what cannot be written is let be when it says what stands
    # there.
    if work.old is None or field.link is not None:
        return False
    standing = work.old.get(field.key)
    if isinstance(raw, Mapping) and field.targets:
        raw = raw.get("id")
    try:
        return field.parse(raw, field.field, batch.parsing) == standing
    except InvalidValueError:
        return False
