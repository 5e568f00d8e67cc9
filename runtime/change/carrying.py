"""Steps of a rollback that carry over what people wrote while a field held values of another kind.

Its first column was parked meanwhile, and is taken back as it was left. What was written since stands in the
column that is parked now: it is converted where it can be, and where not the value of then comes back and the
later one stays where it is. The change log tells which cells were written.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from runtime.change.before import UnreadableRevisionError
from runtime.change.converting import Part, Read, Reading, rehearse
from runtime.change.phases import Among, Chosen
from runtime.change.quarantine import keep
from runtime.change.sample import LINES, becomes
from runtime.change.situation import Situation
from runtime.change.step import Safety, Step, nothing, safety_of
from runtime.change.way_back import Taken
from runtime.change.writing import Conversion
from runtime.storage.runtime_tables import runtime_tables


def carry(situation: Situation) -> Iterator[Step]:
    """What was written since, for each field that takes up its column again."""
    if situation.back is None:
        return
    for taken in situation.back.taken:
        carrying = _carrying(situation, taken)
        if carrying is not None:
            yield from carrying.steps()


@dataclass(frozen=True, slots=True)
class Carrying:
    """One field whose values are carried over."""

    situation: Situation
    taken: Taken
    reading: Reading

    def steps(self) -> Iterator[Step]:
        """The step that carries over what can be, and one that says what cannot."""
        module, key = self.taken.then
        (found,) = rehearse(self.situation.stored.connection, self.reading, self.written)
        since = min(self.taken.edits)
        rows = found.filled - found.failed
        if rows:
            what = f"Carry over to {module}.{key} what was written into it since revision {since}."
            sample = tuple(becomes(each.id, each.before, each.after) for each in found.samples[:LINES])
            yield Step(what, self.run, self.part.field.origin.span, rows, safety_of(rows), sample=sample)
        if found.failed:
            what = f"Leave aside what was written into {module}.{key} since revision {since} and does not fit"
            what += ": it has again what it held then."
            some = found.failures[:LINES]
            sample = tuple(f"{becomes(each.id, each.before, None)}: {each.after}" for each in some)
            yield Step(what, nothing, self.part.field.origin.span, found.failed, Safety.LOSSY, sample=sample)

    @property
    def part(self) -> Part:
        """What is converted."""
        return self.reading.parts[0]

    @property
    def written(self) -> Among:
        """The records that were written to."""
        return Among(written_since(self.situation.stored.connection, self.taken))

    def run(self, connection: Connection) -> None:
        """Set aside what the cells held, and write what was made of the later values."""
        module, key = self.taken.then
        table = self.situation.tables.module(module)
        chosen = written_since(connection, self.taken)
        if key in table.columns:
            keep(connection, table.table, table.columns[key], table.columns["id"][0].in_(chosen))
        fitting = Fitting(self.reading.before, self.reading.module, self.reading.parts)
        Conversion(fitting, self.situation.tables, module).write(connection, Among(chosen))


class Fitting(Reading):
    """Reads only the records whose values can be converted."""

    def batches(self, connection: Connection, chosen: Chosen) -> Iterator[Read]:
        """The records, without those that have a problem."""
        for batch in super().batches(connection, chosen):
            good = [place for place, cast in enumerate(batch.new[0]) if not cast.problem]
            yield Read(
                [batch.ids[place] for place in good],
                [batch.deleted[place] for place in good],
                [[batch.old[0][place] for place in good]],
                [[batch.new[0][place] for place in good]],
                [None],
            )


def written_since(connection: Connection, taken: Taken) -> Select[tuple[int]]:
    """The records into whose field somebody wrote while its column was parked."""
    own = runtime_tables()
    log, sets = own.change_log, own.change_sets
    under: dict[str, list[int]] = {}
    for revision, (_, key) in taken.edits.items():
        under.setdefault(key, []).append(revision)
    wrote = [
        and_(sets.c.revision_id.in_(numbers), _has(connection, log.c.new, key))
        for key, numbers in under.items()
    ]
    return select(log.c.record_id).join_from(log, sets, sets.c.id == log.c.change_set_id).where(or_(*wrote))


def _was_written(connection: Connection, taken: Taken) -> bool:
    """Whether anybody wrote anything at all since; the newest writes are looked at first."""
    sets = runtime_tables().change_sets
    since = select(sets.c.id).where(sets.c.revision_id.in_(list(taken.edits))).order_by(sets.c.id.desc())
    return connection.execute(since.limit(1)).first() is not None


def _has(connection: Connection, new: ColumnElement[object], key: str) -> ColumnElement[bool]:
    if connection.dialect.name == "sqlite":
        return func.json_type(new, f'$."{key}"').is_not(None)
    return func.jsonb_exists(new, key)


def _carrying(situation: Situation, taken: Taken) -> Carrying | None:
    """None where nobody could write: the field was taken out, or is worked out."""
    field = situation.catalog.modules[taken.then[0]].fields[taken.then[1]]
    if not taken.edits or field.computed is not None:
        return None
    if not _was_written(situation.stored.connection, taken):
        return None  # then neither the log nor the configuration of now needs to be read
    now = taken.edits[max(taken.edits)]
    before = situation.conversions.before
    try:
        old = before.field(*now)
        if old is None or old.computed is not None:
            return None
        part = situation.conversions.plainly(field, now)
    except UnreadableRevisionError:
        return None
    return None if part is None else Carrying(situation, taken, Reading(before, now[0], [part]))
