"""Drift: what has moved between the making of a plan and now, in sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from runtime.change.basis import Basis
from runtime.change.revisions import Entry
from runtime.storage.structure import Structure

TOLD = 20
"""How many sentences are told of one kind."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a form carries of the basis of the plan that somebody was shown: of the structure its digest."""

    base: int
    base_hash: str
    target_hash: str
    structure: str
    whats: tuple[str, ...]

    @classmethod
    def of(cls, basis: Basis) -> "Shown":
        """The marks of a basis."""
        digest = basis.structure.digest
        return cls(basis.base, basis.base_hash, basis.target_hash, digest, basis.whats)

    def moved(self, found: Basis, since: Sequence[Entry] = ()) -> tuple[str, ...]:
        """Everything that has moved; nothing when the plan that was shown still holds."""
        if self == Shown.of(found):
            return ()
        told = [*_bounded(_revisions(self, found, since)), *_configuration(self, found)]
        if not told and self.structure != found.structure.digest:
            told = ["The tables of the database are not as they were."]
        return (*told, *_bounded(_steps(self, found))) if self.whats != found.whats else tuple(told)


def drift(expected: Basis, found: Basis, since: Sequence[Entry] = ()) -> tuple[str, ...]:
    """Everything that has moved; nothing when the plan still holds. ``since`` are the newest revisions, which
    tell who has applied what meanwhile.
    """
    if expected.seal == found.seal:
        return ()
    told = [
        *_bounded(_revisions(expected, found, since)),
        *_configuration(expected, found),
    ]
    if not told:  # of another revision the tables are others anyway
        told = _bounded(_structures(expected.structure, found.structure))
    return tuple(told) or tuple(_bounded(_steps(expected, found)))


def _revisions(expected: Basis | Shown, found: Basis, since: Sequence[Entry]) -> Iterator[str]:
    if expected.base == found.base:
        if expected.base_hash != found.base_hash:
            yield f"Revision {found.base} of this database is another one than the plan was made on."
        return
    if not found.base:
        yield f"Revision {expected.base} was applied, and nothing is applied now."
        return
    was = f"revision {expected.base} was applied" if expected.base else "nothing was applied"
    yield f"When the plan was made {was}, and now it is revision {found.base}."
    for entry in sorted(since, key=lambda entry: entry.number):
        if entry.number > expected.base:
            yield f"{told_entry(entry)}."


def told_entry(entry: Entry) -> str:
    """``Revision 4 was applied by ada on 2026-03-04 at 12:00 UTC ("why")``."""
    by = f" by {entry.applied_by}" if entry.applied_by else ""
    why = f' ("{entry.message}")' if entry.message else ""
    return f"Revision {entry.number} was applied{by} on {entry.applied_at:%Y-%m-%d at %H:%M} UTC{why}"


def _configuration(expected: Basis | Shown, found: Basis) -> Iterator[str]:
    if expected.target_hash != found.target_hash:
        yield "The configuration is another one than the plan was made for."


def _structures(was: Structure, now: Structure) -> Iterator[str]:
    for table in sorted({*was.tables, *now.tables}):
        if table not in now.tables:
            yield f"The table {table} is gone."
        elif table not in was.tables:
            yield f"The table {table} is new."
        else:
            yield from _parts(table, was, now)


def _parts(table: str, was: Structure, now: Structure) -> Iterator[str]:
    old, new = was.tables[table], now.tables[table]
    for part in sorted({*old, *new}):
        if part not in new:
            yield f"The {part} of {table} is gone."
        elif part not in old:
            yield f"The {part} of {table} is new."
        elif old[part] != new[part]:
            yield f"The {part} of {table} was {old[part]}, and is {new[part]}."


def _steps(expected: Basis | Shown, found: Basis) -> Iterator[str]:
    gone = [what for what in expected.whats if what not in found.whats]
    new = [what for what in found.whats if what not in expected.whats]
    yield from (f"This has not to be done any more: {what}" for what in gone)
    yield from (f"This has to be done now, and was not: {what}" for what in new)
    if not gone and not new:
        yield "The steps are to be done in another order now."


def _bounded(sentences: Iterator[str]) -> list[str]:
    told = list(sentences)
    more = len(told) - TOLD
    return told if more <= 0 else [*told[:TOLD], f"And {more:,} more of these."]
