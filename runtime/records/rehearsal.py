"""Rehearsal: a batch is written for a moment, and what is counted and summed over other records is read then.

So defaults, formulas, rules and checks see the record and its batch as they will be written. It happens in a
savepoint that is rolled back, and only where an expression asks for more than the record, what it points at
and its own rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy.exc import DataError, IntegrityError

from runtime.expressions.evaluation import AGGREGATES
from runtime.expressions.moment import Moment
from runtime.expressions.reaches import THERE
from runtime.expressions.references import Dependencies
from runtime.expressions.totals import total
from runtime.expressions.tree import Aggregate, walk
from runtime.model.catalog import Path
from runtime.records import staying_current, unique
from runtime.records.change_log import Log
from runtime.records.deletion import Deletion
from runtime.records.plan import Plans
from runtime.records.restore import Restoring
from runtime.records.work import Batch, Work
from runtime.records.write import insert_records, touch, update_records, write_links
from runtime.records.written import written_by
from runtime.storage.driving import send_waiting
from runtime.storage.transaction import Savepoint

Found = dict[int, dict[str, object]]
"""What is added to the plain data of each record, by the id() of its work."""


def is_near(aggregate: Aggregate) -> bool:
    """Whether an aggregate is over the record's own rows, and says nothing of them that looks further."""
    steps = aggregate.steps
    own = len(steps) == 1 and steps[0].kind == "rows" and not steps[0].hops
    return own and not any(isinstance(part, Aggregate) for inner in aggregate.inner for part in walk(inner))


def looks_further(batch: Batch, needed: Dependencies) -> bool:
    """Whether expressions ask for what only the written batch can tell."""
    return any(not is_near(each) for each in needed.aggregates) or bool(_later(batch, needed.paths))


@contextmanager
def rehearsed(
    batch: Batch, works: list[Work], needed: Dependencies, moment: Moment, *, standing: bool = False
) -> Iterator[Found]:
    """What is to be added to the records' plain data; while it lasts, the batch is written.

    ``standing``: the records are wanted as they stand, so nothing is written.
    """
    if not looks_further(batch, needed):
        yield {}
        return
    if standing or batch.asking:
        yield _read(batch, works, needed, moment)
        return
    _give_ids(batch)
    written = _written(batch)
    try:
        yield _read(batch, works, needed, moment)
    finally:
        if written is not None:
            written.undo()


def _later(batch: Batch, paths: Sequence[Path]) -> list[Path]:
    """The paths that end in a computed field which is worked out behind the save, of whichever record."""
    following = batch.plans.following
    if not following.order:
        return []
    affected = following.affected(frozenset(batch.works))
    return [path for path in paths if (path.field.module, path.field.whole) in affected]


def _read(batch: Batch, works: list[Work], needed: Dependencies, moment: Moment) -> Found:
    plan, connection = works[0].plan, batch.tx.connection
    far = [each for each in needed.aggregates if not is_near(each)]
    wide = sorted({path.field.key for path in _later(batch, needed.paths) if not path.hops})
    ids = [work.id for work in works if work.id > 0]
    values = batch.plans.aggregates.fetch(connection, plan.key, ids, far, moment)
    fields = batch.plans.loader.load(connection, plan.key, ids, wide) if wide and ids else {}
    nothing = _of_nothing(far, batch.plans)
    return {
        id(work): {
            **{key: fields[work.id][key] for key in wide if work.id in fields},
            AGGREGATES: {**nothing, **values.get(work.id, {})},
        }
        for work in works
    }


def _of_nothing(aggregates: Sequence[Aggregate], plans: Plans) -> Mapping[str, object]:
    # Of a record that could not be written.
    currency = plans.workplace.catalog.currency
    return {each.key: total(each.function, [], each.type, currency) for each in aggregates}


def _give_ids(batch: Batch) -> None:
    """The ids that the new records will have, for good."""
    fresh = [work for work in batch.all() if work.id < 0]
    for work, record_id in zip(fresh, batch.tx.allocate_ids(len(fresh)), strict=True):
        work.id = record_id
    for work in batch.all():
        if work.is_new and work.parent is not None:
            work.values["parent"] = work.parent.id


def _written(batch: Batch) -> Savepoint | None:
    """The savepoint in which the batch stands written; None when the database does not take it.

    Then somebody has the same unique value: the writer will say so, and the rest is written without it.
    """
    for _ in range(2):
        before = batch.tx.mark()
        try:
            _write(batch)
            send_waiting(batch.tx.connection)
        except (IntegrityError, DataError, OverflowError):
            before.undo()
            for works in batch.works.values():
                unique.check(batch, works)
        else:
            return before
    return None


def _write(batch: Batch) -> None:
    sound = {key: [work for work in works if not work.asked.errors] for key, works in batch.works.items()}
    for works in sorted((each for each in sound.values() if each), key=lambda each: each[0].plan.depth):
        plan = works[0].plan
        for work in works:
            old = work.old
            if old is not None:
                work.changed = tuple(key for key, value in work.values.items() if old.get(key) != value)
        insert_records(batch, plan, [work for work in works if work.is_new])
        update_records(batch, plan, [work for work in works if not work.is_new and work.changed])
        for field in plan.linked:
            write_links(batch, field, [work for work in works if field.key in work.links])
    written = written_by(batch, Deletion(), Restoring(), ())
    for removal in batch.removals:
        touch(batch, removal.plan, [removal.id], deleted_at=batch.now)
        written.add(removal.plan.key, THERE, [removal.id])
    for plan, record_id, comes in batch.turning:
        touch(batch, plan, [record_id], deleted_at=None if comes else batch.now)
        written.add(plan.key, THERE, [record_id])
    if batch.plans.following.order:
        staying_current.follow(batch, written, Log())
