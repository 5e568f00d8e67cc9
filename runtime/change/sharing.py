"""Sharing: which values records would share once they are converted, found without keeping them all."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from runtime.change.converting import Part, Reading
from runtime.change.phases import Everything
from runtime.change.stored import SAMPLES


@dataclass(slots=True)
class _Shared:
    said: str
    ids: list[int] = field(default_factory=list)


def shared(connection: Connection, reading: Reading, parts: Sequence[Part]) -> list[tuple[object, ...]]:
    """Some values that undeleted records would share in these fields of a conversion: what they are, how many
    records have them, and the first and the last one's ids. Two passes, and eight bytes a record.
    """
    hashes = array("q", (mark for _, mark, _ in _marks(connection, reading, parts)))
    twice = _twice(hashes)
    if not twice:
        return []
    found: dict[int, _Shared] = {}
    for id_, mark, said in _marks(connection, reading, parts):
        if mark in twice:
            found.setdefault(mark, _Shared(said)).ids.append(id_)
    most = sorted(found.values(), key=lambda each: (-len(each.ids), each.ids[0]))
    return [(each.said, len(each.ids), each.ids[0], each.ids[-1]) for each in most[:SAMPLES]]


def _marks(connection: Connection, reading: Reading, parts: Sequence[Part]) -> Iterator[tuple[int, int, str]]:
    places = [reading.parts.index(part) for part in parts]
    for batch in reading.batches(connection, Everything()):
        for at, id_ in enumerate(batch.ids):
            values = tuple(batch.new[place][at].value for place in places)
            if not batch.deleted[at] and all(each is not None and each != () for each in values):
                said = ", ".join(part.kind.plain(value) for part, value in zip(parts, values, strict=True))
                yield id_, hash(values), said


def _twice(hashes: Sequence[int]) -> frozenset[int]:
    found: set[int] = set()
    before: int | None = None
    for mark in sorted(hashes):
        if mark == before:
            found.add(mark)
        before = mark
    return frozenset(found)
