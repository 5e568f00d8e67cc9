"""Rows out of fields: the rows of a new module are made of fields of the records above them.

The first of the fields that say so tells how many rows there are: each value of a field that has several is
one. The rows are made by the one writer, for the records that are not deleted; what the field held stays
where it was.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import Connection

from runtime.base.diagnostic import Diagnostic
from runtime.change import codes
from runtime.change.compare import path_of
from runtime.change.conversions import NewRows
from runtime.change.converting import SAMPLES, Part, Told
from runtime.change.estimate import COMPUTE, seconds
from runtime.change.known import UnforeseenError
from runtime.change.making import Maker, needs
from runtime.change.phases import Everything
from runtime.change.sample import LINES
from runtime.change.situation import Situation
from runtime.change.step import Step, counted, safety_of
from runtime.model.values import Entry


@dataclass(slots=True)
class Found:
    """What the rehearsal found: how many rows there will be, and the values that none can be made of."""

    rows: int = 0
    failed: int = 0
    failures: list[Told] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)


def make_rows(situation: Situation) -> Iterator[Step]:
    """A step for each new module of rows that comes from fields."""
    for new in situation.conversions.rows:
        found = _found(situation, new)
        parent = new.module.parent
        what = f"Make rows of {new.module.key} out of {new.sources} of {parent}."
        sample = (f"{counted(found.rows, 'row')} of {new.module.key}", *found.samples[:LINES])
        run = partial(_make, situation=situation, new=new)
        yield Step(
            what,
            run,
            new.span,
            found.rows,
            safety_of(found.rows),
            sample=sample,
            estimate=seconds(found.rows, COMPUTE // 10),
        )


def refuse_rows(situation: Situation) -> Iterator[Diagnostic]:
    """The values that no row can be made of, and rows that would lack something."""
    for new in situation.conversions.rows:
        given = {part.field.key for part in new.reading.parts}
        lacking = [key for key in needs(new.module, situation.types, "") if key not in given]
        if lacking:
            said = f"rows of {new.module.key} cannot be made of {new.sources} alone: {' and '.join(lacking)}"
            said += f" {'is' if len(lacking) == 1 else 'are'} required"
            yield Diagnostic(codes.CREATED.name, said, new.span, new.module.key, "give it a default")
            continue
        found = _found(situation, new)
        if found.failed:
            listed = "; ".join(
                f"id {told.id} “{told.before}” ({told.after.rstrip('.')})" for told in found.failures
            )
            said = f"{counted(found.failed, 'value')} of {new.sources} cannot be rows: {listed}"
            at = new.reading.parts[0].field
            help = "say how they are read: convert: =…; or change the records"
            yield Diagnostic(codes.TYPE.name, said, new.span, path_of(at), help)


def _found(situation: Situation, new: NewRows) -> Found:
    key, parent = ("rows", new.module.key), new.module.parent or ""
    connection = situation.stored.connection
    return situation.conversions.rehearsed(key, parent, lambda: rehearse(connection, new))


def rehearse(connection: Connection, new: NewRows) -> Found:
    """What will come of it."""
    found = Found()
    for id_, values, problem, text in _rows(connection, new):
        if problem:
            found.failed += 1
            if len(found.failures) < SAMPLES:
                found.failures.append(Told(id_, text, problem))
        else:
            found.rows += 1
            if len(found.samples) < LINES:
                said = ", ".join(str(each) for each in values.values() if each is not None)
                found.samples.append(f"id {id_}: {text} → {said}")
    return found


def _make(connection: Connection, situation: Situation, new: NewRows) -> None:
    maker = Maker(situation.catalog, situation.tables, situation.types, new.span, new.module.key)
    records: list[Mapping[str, object]] = []
    place, last = 0, 0
    for id_, values, problem, _ in _rows(connection, new):
        if problem:
            raise UnforeseenError(f"Of record {id_} no row can be made: {problem}")
        place = place + 1 if id_ == last else 1
        last = id_
        records.append({"parent": id_, "position": place, **values})
        if len(records) >= MADE_TOGETHER:
            maker.make(connection, new.module.key, records)
            records = []
    maker.make(connection, new.module.key, records)


MADE_TOGETHER = 1_000
"""So many rows are written at a time."""


def _rows(connection: Connection, new: NewRows) -> Iterator[tuple[int, Mapping[str, object], str, str]]:
    """Each row: the record above it, its values, what is wrong with one, and what it comes from."""
    parts = new.reading.parts
    for batch in new.reading.batches(connection, Everything()):
        for at, id_ in enumerate(batch.ids):
            if batch.deleted[at]:
                continue
            given = [_each(old[at]) for old in batch.old]
            for number, source in enumerate(given[0]):
                values, problem = _row(parts, given, number)
                if problem or values.get(parts[0].field.key) is not None:
                    yield id_, values, problem, parts[0].casting.text(source)


def _each(value: object) -> Sequence[object]:
    if isinstance(value, tuple):
        return [each.value if isinstance(each, Entry) else each for each in value]
    return () if value is None else (value,)


def _row(
    parts: Sequence[Part], given: Sequence[Sequence[object]], number: int
) -> tuple[Mapping[str, object], str]:
    values: dict[str, object] = {}
    for part, those in zip(parts, given, strict=True):
        if not those or (len(those) > 1 and number >= len(those)):
            continue  # one value alone goes into every row
        cast = part.casting.cast(those[min(number, len(those) - 1)])
        if cast.problem:
            return values, cast.problem
        values[part.field.key] = cast.value
    return values, ""
