"""Steps that convert values, and the refusals of those that cannot be converted."""

from collections.abc import Iterator
from dataclasses import replace

from runtime.base.diagnostic import Diagnostic, Span
from runtime.change import codes
from runtime.change.compare import path_of
from runtime.change.conversions import Group
from runtime.change.converting import Part, Reading, Rehearsal, Told
from runtime.change.estimate import COMPUTE, seconds
from runtime.change.making import Maker
from runtime.change.phases import Fill, Phase
from runtime.change.sample import LINES, becomes
from runtime.change.situation import Situation
from runtime.change.step import Safety, Step, counted, safety_of
from runtime.change.writing import Conversion
from runtime.model.catalog import Field

LONGEST = 40
"""How much of a long value is told."""


def convert(situation: Situation) -> Iterator[Step]:
    """A step for each group of fields."""
    for group in situation.conversions.groups:
        rows = situation.rows(group.module)
        work = Conversion(_making(situation, group), situation.tables, group.module, group.rehearsals)
        table = situation.tables.module(group.module)
        columns = [
            column.name
            for part in group.parts
            if not part.kind.linked
            for column in table.columns[part.field.key]
        ]
        fill = Fill(table.table.name, tuple(columns), work.write)
        lossy = any(each.is_lossy for each in group.rehearsals)
        what = " ".join(_what(group, part) for part in group.parts)
        yield Step(
            what,
            fill.whole,
            _place(group.parts[0].field),
            rows,
            Safety.LOSSY if lossy else safety_of(rows),
            sample=tuple(_sample(group)),
            estimate=seconds(rows, COMPUTE),
            phase=Phase.FILL if columns and _is_alone(group) else Phase.SWITCH,
            fill=fill if columns and _is_alone(group) else None,
        )


def refuse(situation: Situation) -> Iterator[Diagnostic]:
    """What is wrong with the conversions, and the values that they do not convert."""
    yield from situation.conversions.refusals
    for group in situation.conversions.groups:
        for part, found in zip(group.parts, group.rehearsals, strict=True):
            if found.failed:
                yield _unconverted(part, found)
            elif found.empties:
                yield _empty(part, found)
    for filling in situation.conversions.fillings:
        (part,) = filling.reading.parts
        if filling.rehearsal.failed:
            yield _unconverted(part, filling.rehearsal)
        elif filling.rehearsal.empties:
            yield _empty(part, filling.rehearsal)


def _making(situation: Situation, group: Group) -> Reading:
    """The group's reading, which makes the records that its fields point at."""

    def part(each: Part) -> Part:
        if each.pointing is None or not each.pointing.creates:
            return each
        maker = Maker(
            situation.catalog, situation.tables, situation.types, _place(each.field), path_of(each.field)
        )
        return replace(each, pointing=each.pointing.making(maker.make))

    made, parts = group.reading, [part(each) for each in group.parts]
    return Reading(made.before, made.module, parts, made.remembered)


def _sample(group: Group) -> Iterator[str]:
    """What the rehearsal found, in counts and in records."""
    for part, found in zip(group.parts, group.rehearsals, strict=True):
        counts = ((found.given_up, "given up"), (found.bent, "not kept to the last digit or sign"))
        for count, said in counts:
            if count:
                verb = "is" if count == 1 else "are"
                yield f"{count:,} of {counted(found.filled, 'value')} {verb} {said}"
        if found.unreadable:
            yield _handled(part, found)
        if found.wanted:
            verb = "is" if len(found.wanted) == 1 else "are"
            yield f"{counted(len(found.wanted), 'record')} of {part.field.targets[0]} {verb} made"
        for told in (*found.losses[:LINES], *found.samples[:LINES]):
            yield becomes(told.id, told.before, told.after)


def _is_alone(group: Group) -> bool:
    """Whether the step writes columns of its module's own table and nothing else."""
    return all(not part.kind.linked and part.pointing is None for part in group.parts)


def _what(group: Group, part: Part) -> str:
    field, conversion = part.field, part.field.conversion
    by = f" by {conversion.value.text.strip()}" if conversion and conversion.value else ""
    if conversion is not None and conversion.split is not None:
        return f"Split {conversion.split} of {field.module} into {field.key}{by}."
    if conversion is not None and conversion.merge:
        return f"Put {field.key} of {field.module} together from {' and '.join(conversion.merge)}{by}."
    if conversion is not None and conversion.fill is not None and part.fill is None:
        said = conversion.fill.text.strip()
        return f"Give the records of {field.module} as {field.key} {said}."
    side = part.held.side if part.held is not None else part.source.side
    if side is None or side.field.key == "value":
        return f"Work {field.key} of {field.module} out of what its records hold{by}."
    was = _kind(side.field)
    making = ""
    if part.pointing is not None and part.pointing.creates:
        making = f", making the records of {field.targets[0]} that are not there"
    filling = ""
    if conversion is not None and conversion.fill is not None:
        filling = f", with {conversion.fill.text.strip()} where it is empty"
    return f"Convert {field.key} of {field.module} from {was} to {_kind(field)}{by}{making}{filling}."


def _kind(field: Field) -> str:
    targets = f" to {' or '.join(field.targets)}" if field.targets else ""
    scale = field.settings.get("scale") if field.type in ("decimal", "percent") else None
    return f"{field.type}{targets}" + (f" of {counted(scale, 'decimal')}" if scale is not None else "")


def _unconverted(part: Part, found: Rehearsal) -> Diagnostic:
    field = part.field
    verb = "is" if found.failed == 1 else "are"
    said = (
        f"{found.failed:,} of {counted(found.filled, 'value')} of {field.key} {verb} not converted to"
        f" {_kind(field)}: {listed(found)}"
    )
    if found.unreadable:
        said += (
            f"; of {found.unreadable:,} that are no {_kind(field)}, this convert handles {found.handled:,}"
        )
    help = f"say how they are read: convert: =…, in which {field.key} is the old value; or change the records"
    if part.pointing is not None and not part.pointing.creates:
        help = "let the missing ones be made: convert: {create: true}; or change the records"
    return Diagnostic(codes.TYPE.name, said, _place(field), path_of(field), help)


def listed(found: Rehearsal) -> str:
    """The first values that fail, each with its record and what is wrong with it."""
    more = "; …" if found.failed > len(found.failures) else ""
    return "; ".join(map(_told, found.failures)) + more


def _handled(part: Part, found: Rehearsal) -> str:
    return f"of {found.unreadable:,} that are no {_kind(part.field)} this convert handles {found.handled:,}"


def _empty(part: Part, found: Rehearsal) -> Diagnostic:
    field = part.field
    more = ", …" if found.empties > len(found.empty_ids) else ""
    ids = ", ".join(map(str, found.empty_ids))
    return Diagnostic(
        codes.REQUIRED.name,
        f"{field.key} is required, and {counted(found.empties, 'record')} of {field.module} would have none"
        f" (id {ids}{more})",
        field.origin.span,
        path_of(field),
        "give it a default, or fill: =… for the records that have no value",
    )


def _told(told: Told) -> str:
    return f"id {told.id} “{_short(told.before)}” ({told.after.rstrip('.')})"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _place(field: Field) -> Span:
    return field.conversion.span if field.conversion is not None else field.origin.span
