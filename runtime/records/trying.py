"""Trying: a batch is written at once, and where the database refuses it, one finds out whose fault it is."""

from collections.abc import Callable

from sqlalchemy.exc import DataError, IntegrityError

from runtime.base.messages import message
from runtime.records import change_log, unique, writing_rights
from runtime.records.carrying_out import carry_out
from runtime.records.change import Saved
from runtime.records.guards import GuardError
from runtime.records.saving import Saving
from runtime.records.work import Asked, Work

RACES = 3
"""How often a batch is checked anew when the database refuses it, because somebody else wrote the same just
then.
"""

_REFUSALS = (IntegrityError, DataError, OverflowError, GuardError, writing_rights.LostError)


def write(saving: Saving, meanwhile: Callable[[], object]) -> None:
    """Write what is settled, if anything is, and say what became of each change."""
    batch = saving.batch
    if not saving.anything():
        _tell(saving, batch.asked)
        return
    meanwhile()
    change_set = saving.change_set = batch.tx.allocate_ids(1)[0]
    _try(saving, change_set)


def _try(saving: Saving, change_set: int) -> None:
    # All of it at once. When the database refuses, somebody else may have written the same in the meantime:
    # then the checks find it now. What no check finds is looked for by halves.
    batch = saving.batch
    for _ in range(RACES):
        try:
            _write_as_one(saving, change_set)
        except _REFUSALS:
            refused = sum(1 for asked in batch.asked if asked.errors)
            for works in list(batch.works.values()):
                unique.check(batch, works)
            refused -= batch.lost
            batch.lost = 0
            if refused == sum(1 for asked in batch.asked if asked.errors):
                break
            saving.leave_out()
            if not saving.anything():
                _tell(saving, batch.asked)
                return
        else:
            _tell(saving, batch.asked)
            return
    _by_halves(saving, change_set, [asked for asked in batch.asked if not asked.errors])


def _by_halves(saving: Saving, change_set: int, them: list[Asked]) -> None:
    batch = saving.batch
    before = (batch.works, saving.deletion, saving.restoring)
    saving.narrow({asked.index for asked in them})
    try:
        _write_as_one(saving, change_set)
    except _REFUSALS as error:
        if any(asked.errors for asked in them):  # the rights told whom; the others are written
            rest = [asked for asked in them if not asked.errors]
            if rest and not batch.atomic:
                _by_halves(saving, change_set, rest)
            return
        if len(them) == 1 or batch.atomic:
            known = error.reason if isinstance(error, GuardError) else None
            them[0].refuse("", known or message("The database refuses this record."))
            return
    else:
        _tell(saving, them)
        return
    finally:
        batch.works, saving.deletion, saving.restoring = before
    middle = len(them) // 2
    _by_halves(saving, change_set, them[:middle])
    _by_halves(saving, change_set, them[middle:])


def _write_as_one(saving: Saving, change_set: int) -> None:
    with saving.batch.tx.savepoint():
        if not saving.opened:
            change_log.open_change_set(saving.batch, change_set)
        carry_out(saving, change_set)
    saving.opened = True


def _tell(saving: Saving, them: list[Asked]) -> None:
    # What became of each change that was not refused.
    works = {work.asked.index: work for work in saving.batch.all() if not work.path}
    doomed = {each.asked.index: each for _, each in saving.doomed}
    returning = {each.asked.index: each for each in saving.returning}
    for asked in them:
        if asked.errors:
            continue
        work = works.get(asked.index)
        if work is not None:
            asked.result = _saved(work, saving.change_set)
        elif asked.index in doomed and doomed[asked.index].id in saving.deletion.doomed.get(
            asked.change.module, {}
        ):
            gone = doomed[asked.index]
            asked.result = Saved(asked.change.module, gone.id, gone.version + 1, "deleted", saving.change_set)
        elif asked.index in returning and returning[asked.index].id in saving.restoring.returning:
            back = returning[asked.index]
            version = int(str(back.values["version"])) + 1
            asked.result = Saved(back.plan.key, back.id, version, "restored", saving.change_set)


def _saved(work: Work, change_set: int | None) -> Saved:
    if work.old is None:
        return Saved(work.plan.key, work.id, 1, "created", change_set)
    version = int(str(work.old["version"]))
    if work.changed or work.links or work.touched:
        return Saved(work.plan.key, work.id, version + 1, "updated", change_set)
    return Saved(work.plan.key, work.id, version, "unchanged")
