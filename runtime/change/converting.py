"""Converting: fields that get their values from what the records held, rehearsed and then carried out.

The rehearsal goes through all records exactly as the step will, and writes nothing: what it finds is what
will come. Both read batches of records, with the number of statements the same for each, and keep nothing of
one batch but counts and a few samples.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from runtime.change.before import Before
from runtime.change.casting import EMPTY, Cast, Casting
from runtime.change.known import Remembered
from runtime.change.phases import Chosen, Everything
from runtime.change.pointing import Pointing, Wanted
from runtime.change.sources import Source, with_titles
from runtime.fields.base import FieldType
from runtime.model.catalog import Field
from runtime.storage.joins import Joins
from runtime.storage.virtual import Virtual

BATCH = 2_000
"""So many records are read and written at a time; a large apply's transactions are of whole batches."""
FEW = 50
"""So many different texts at most are written as values by one statement."""
SAMPLES = 10
"""So many values that cannot be converted are named."""

ALL = Everything()


class Told(NamedTuple):
    """A record, its value as a person reads it, and what becomes of it or what is wrong with it."""

    id: int
    before: str
    after: str


@dataclass(slots=True)
class Rehearsal:
    """What a conversion will do. ``filled`` counts the values that there are; ``failed`` those that are not
    converted, ``given_up`` those that become nothing, ``bent`` those that lose something, and ``handled``
    those that the field's expression reads and its type alone would not. ``empties`` are the records that a
    required field would be without, and ``wanted`` the names of records to be made, by their hashes.
    ``stays`` tells that each text is written as it was read; ``becomes`` are the texts that there are, each
    with its value, where they are few.
    """

    filled: int = 0
    failed: int = 0
    given_up: int = 0
    bent: int = 0
    handled: int = 0
    unreadable: int = 0
    empties: int = 0
    failures: list[Told] = field(default_factory=list)
    losses: list[Told] = field(default_factory=list)
    samples: list[Told] = field(default_factory=list)
    empty_ids: list[int] = field(default_factory=list)
    wanted: set[int] = field(default_factory=set)
    stays: bool = False
    becomes: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_lossy(self) -> bool:
        """Whether some values cannot be had from the new ones."""
        return bool(self.given_up or self.bent)


@dataclass(frozen=True, slots=True)
class Part:
    """One field that is converted. ``plainly`` reads its old values without the expression, to tell what the
    expression is good for; ``fill`` gives a value where there is none, ``otherwise`` the field's default.
    """

    field: Field
    kind: FieldType
    source: Source
    casting: Casting
    pointing: Pointing | None = None
    held: Source | None = None
    plainly: Casting | None = None
    fill: Source | None = None
    filling: Casting | None = None
    otherwise: object = None

    def cast(self, connection: Connection, values: Sequence[object]) -> list[Cast]:
        """What each value becomes."""
        if self.pointing is not None:
            texts = [self.casting.text(each) for each in values]
            return self.pointing.cast(connection, values, texts)
        return self.casting.cast_all(values)


@dataclass(frozen=True, slots=True)
class Read:
    """A batch: ids, whether each is deleted, and for each part the old values and what they become.
    ``is_known`` tells that a rehearsal has read just the same.
    """

    ids: list[int]
    deleted: list[bool]
    old: list[list[object]]
    new: list[list[Cast]]
    held: list[list[object] | None]
    is_known: bool = False


class Reading:
    """Reads the records of a module in batches, and casts what some of its fields come from."""

    def __init__(
        self, before: Before, module: str, parts: Sequence[Part], remembered: Remembered | None = None
    ) -> None:
        """``module`` is the key that it has in the applied configuration. What came of a batch is
        ``remembered``, and not worked out again where the records read the same.
        """
        self.before = before
        self.module = module
        self.parts = tuple(parts)
        self.remembered = None if self._looks_further() else remembered

    def batches(self, connection: Connection, chosen: Chosen) -> Iterator[Read]:
        """The records, in the order of their ids, the deleted ones too."""
        virtual = Virtual(self.before.language, self.before.types, self.before.moment)
        joins = Joins(self.before.tables, self.module, "t", virtual)
        ids = joins.id(joins.root, self.module)
        table = self.before.tables.module(self.module)
        deleted = joins.root.c[table.columns["deleted_at"][0].name].is_not(None)
        groups: list[tuple[Source, int, int]] = []
        columns: list[ColumnElement[Any]] = [ids.label("_id"), deleted.label("_deleted")]
        for source in self._sources:
            made = source.columns(joins)
            groups.append((source, len(columns), len(columns) + len(made)))
            columns += [each.label(f"_{len(columns) + place}") for place, each in enumerate(made)]
        query = select(*columns).select_from(joins.source).where(chosen.where(ids)).order_by(ids).limit(BATCH)
        last = 0
        while rows := connection.execute(query.where(ids > last)).all():
            last = rows[-1][0]
            yield self._read(connection, rows, groups)

    def _looks_further(self) -> bool:
        """Whether what a value becomes depends on other records, too."""
        return any(part.pointing is not None for part in self.parts) or any(
            each.records or each.linked is not None for each in self._sources
        )

    @cached_property
    def _sources(self) -> list[Source]:
        found: dict[int, Source] = {}
        for part in self.parts:
            for each in (part.source, part.held, part.fill):
                if each is not None:
                    found.setdefault(id(each), each)
        return list(found.values())

    def _read(
        self, connection: Connection, rows: Sequence[Any], groups: Sequence[tuple[Source, int, int]]
    ) -> Read:
        given = list(zip(*rows, strict=True))
        known = None if self.remembered is None else self.remembered.of(given)
        if isinstance(known, Read):
            return known
        read = self._worked_out(connection, given, groups)
        if self.remembered is not None:
            self.remembered.keep(given, replace(read, is_known=True))
        return read

    def _worked_out(
        self, connection: Connection, given: Sequence[Any], groups: Sequence[tuple[Source, int, int]]
    ) -> Read:
        ids = list(given[0])
        values: dict[int, list[object]] = {}
        for source, start, end in groups:
            if source.is_plain:
                values[id(source)] = [each or None for each in given[start]]
                continue
            parts = zip(*given[start:end], strict=True) if end > start else iter([()] * len(ids))
            made = [source.made(each) for each in parts]
            values[id(source)] = with_titles(self.before, connection, source, ids, made)
        old = [values[id(part.source)] for part in self.parts]
        new = [part.cast(connection, each) for part, each in zip(self.parts, old, strict=True)]
        for place, part in enumerate(self.parts):
            if part.fill is not None or part.otherwise is not None:
                fills = values[id(part.fill)] if part.fill is not None else [None] * len(ids)
                new[place] = [_filled(part, one, other) for one, other in zip(new[place], fills, strict=True)]
        held = [None if part.held is None else values[id(part.held)] for part in self.parts]
        return Read(ids, [bool(each) for each in given[1]], old, new, held)


def _filled(part: Part, found: Cast, other: object) -> Cast:
    if found.problem or found.value not in (None, ()):
        return found
    if part.filling is not None and (filled := part.filling.cast(other)) is not EMPTY:
        return filled
    return found if part.otherwise is None else Cast(part.otherwise)


def rehearse(connection: Connection, reading: Reading, chosen: Chosen = ALL) -> list[Rehearsal]:
    """What will come of each part."""
    found = [Rehearsal() for _ in reading.parts]
    rows = 0
    for batch in reading.batches(connection, chosen):
        rows += len(batch.ids)
        for place, part in enumerate(reading.parts):
            _count(part, found[place], batch, place)
    for part, each in zip(reading.parts, found, strict=True):
        each.stays = part.casting.stayed == rows > 0
        each.becomes = {} if each.stays else part.casting.few(FEW)
    return found


def _count(part: Part, found: Rehearsal, batch: Read, place: int) -> None:
    held, olds = batch.held[place], batch.old[place]
    is_quiet = held is None and part.pointing is None and len(found.samples) >= SAMPLES
    for at, cast in enumerate(batch.new[place]):
        if (
            is_quiet
            and cast.value is not None
            and not cast.problem
            and not cast.loses
            and olds[at] is not None
        ):
            found.filled += 1  # nothing is to be told of it
            continue
        before = olds[at] if held is None else held[at]
        had = before is not None and before != ()
        if not had and not cast.problem and cast.value in (None, ()):
            _note_empty(part, found, batch, at)
            continue
        found.filled += had
        if had and part.plainly is not None and part.plainly.cast(before).problem:
            found.unreadable += 1
            found.handled += not cast.problem and cast.value not in (None, ())
        _note(part, found, batch.ids[at], before, cast)
        if cast.value in (None, ()) and not cast.problem:
            _note_empty(part, found, batch, at)


def _note_empty(part: Part, found: Rehearsal, batch: Read, at: int) -> None:
    if part.field.required and not batch.deleted[at]:
        found.empties += 1
        if len(found.empty_ids) < SAMPLES:
            found.empty_ids.append(batch.ids[at])


def _note(part: Part, found: Rehearsal, record: int, before: object, cast: Cast) -> None:
    if cast.problem:
        found.failed += 1
        _keep(found.failures, part, record, before, cast.problem)
    elif cast.value in (None, ()):
        found.given_up += 1
        _keep(found.losses, part, record, before, "")
    elif cast.loses:
        found.bent += 1
        _keep(found.losses, part, record, before, _said(part, cast))
    else:
        if isinstance(cast.value, Wanted):
            found.wanted.update(map(hash, cast.value.texts))
        _keep(found.samples, part, record, before, _said(part, cast))


def _keep(told: list[Told], part: Part, record: int, before: object, after: str) -> None:
    if len(told) < SAMPLES:
        casting = part.plainly or part.casting
        told.append(Told(record, casting.text(before), after))


def _said(part: Part, cast: Cast) -> str:
    if isinstance(cast.value, Wanted):
        return str(cast.value)
    if part.pointing is not None:
        ids = [str(each.id) for each in cast.value] if part.kind.linked else [str(cast.value)]
        return f"record {' and '.join(ids)}"
    return part.kind.plain(cast.value)
