"""The one writer: every record that is made, changed, deleted or brought back goes through here, in batches.

The steps, in this order, all in the caller's transaction and each a constant number of statements for any
batch:

1. read what was written of new records, rows included; fill literal defaults in
   (:mod:`runtime.records.beginning`, the one step without the database)
2. find the other records as they stand, and lock them; rights on them; their versions; read what was written
3. find and check what it points at; required; links; what the save does by itself
   (:mod:`runtime.records.dynamics`); what may be chosen; unique; what may be
   there already
4. find out what a deletion takes along, and what a restore brings back
5. leave out what was refused (all of it, when the batch is all or nothing)
6. rights on the records as they will be
7. number; write; computed fields that follow (:mod:`runtime.records.staying_current`); change log; outbox;
   the runs of workflows that it sets going
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sqlalchemy.exc import DataError, IntegrityError

from runtime.base.messages import message
from runtime.fields.base import Parsing
from runtime.identity.actor import Actor
from runtime.records import (
    beginning,
    change_log,
    choosing,
    currencies,
    deletion,
    duplicates,
    dynamics,
    echoed,
    guards,
    locking,
    numbering,
    outbox,
    pointing,
    relations,
    restore,
    rows,
    staying_current,
    triggering,
    unique,
    writing_rights,
)
from runtime.records.access import Judge
from runtime.records.base import Workplace
from runtime.records.beginning import right_of
from runtime.records.change import Change, Refused, Saved
from runtime.records.change_log import Log
from runtime.records.deletion import Deletion, Doomed
from runtime.records.guards import GuardError
from runtime.records.plan import ModulePlan, Plans
from runtime.records.restore import Restoring, Returning
from runtime.records.stored import Values, records_by_id
from runtime.records.work import FOUND_NOTHING, STALE, Asked, Batch, Work
from runtime.records.write import insert_records, touch, update_records, write_links
from runtime.records.written import written_by
from runtime.storage.generations import hold_revision
from runtime.storage.transaction import Transaction
from runtime.storage.turns import take_turn

NO_FORMATS: Mapping[str, Parsing] = MappingProxyType({})

RACES = 3
"""How often a batch is checked anew when the database refuses it, because somebody else wrote the same just
then.
"""


class Writer:
    """Writes records. One for a snapshot: it keeps the plans of its modules; it holds no other state."""

    def __init__(self, workplace: Workplace, judge: Judge) -> None:
        self.plans = Plans(workplace)
        self.judge = judge

    def save(
        self,
        tx: Transaction,
        changes: Sequence[Change],
        actor: Actor,
        parsing: Parsing,
        *,
        atomic: bool = True,
        formats: Mapping[str, Parsing] = NO_FORMATS,
        formulas: Collection[str] = (),
        meanwhile: Callable[[], object] = lambda: None,
    ) -> list[Saved | Refused]:
        """Write the changes; gives what became of each, in their order.

        ``atomic`` writes all of them or none; else the good ones are written and the others refused.
        ``formats`` says how to read single fields of the changed records, where ``parsing`` does not serve
        all. ``formulas`` are run whatever their moments are. ``meanwhile`` is called when everything is known
        and the database is about to work: what it sets going does not hold the save up. A refusal writes
        nothing and raises nothing; what raises is the database's own trouble, and the transaction must be
        rolled back.
        """
        batch = self.prepare(changes, actor, parsing, atomic=atomic, formats=formats)
        batch.formulas = frozenset(formulas)
        return self.write(tx, batch, meanwhile)

    def prepare(
        self,
        changes: Sequence[Change],
        actor: Actor,
        parsing: Parsing,
        *,
        atomic: bool = True,
        formats: Mapping[str, Parsing] = NO_FORMATS,
    ) -> Batch:
        """What a save does before it needs the database, for :meth:`write` to go on with."""
        batch = self._batch(changes, actor, parsing, atomic, formats)
        beginning.begin(batch)
        return batch

    def write(
        self, tx: Transaction, batch: Batch, meanwhile: Callable[[], object] = lambda: None
    ) -> list[Saved | Refused]:
        """Do the rest of a save that was prepared, as :meth:`save` does; once."""
        self._enter(batch, tx)
        _Saving(batch, meanwhile).run()
        return [asked.outcome() for asked in batch.asked]

    def begin(
        self,
        tx: Transaction,
        changes: Sequence[Change],
        actor: Actor,
        parsing: Parsing,
        *,
        atomic: bool = True,
        formats: Mapping[str, Parsing] = NO_FORMATS,
    ) -> Batch:
        """A batch of which nothing is done yet; an import looks records up with one that has no changes."""
        batch = self._batch(changes, actor, parsing, atomic, formats)
        self._enter(batch, tx)
        return batch

    def _batch(
        self,
        changes: Sequence[Change],
        actor: Actor,
        parsing: Parsing,
        atomic: bool,
        formats: Mapping[str, Parsing],
    ) -> Batch:
        return Batch(
            plans=self.plans,
            judge=self.judge,
            actor=actor,
            parsing=parsing,
            formats=formats,
            atomic=atomic,
            asked=[Asked(index, change) for index, change in enumerate(changes)],
        )

    def _enter(self, batch: Batch, tx: Transaction) -> None:
        workplace = self.plans.workplace
        now = workplace.clock.now()
        batch.enter(tx, now, now.astimezone(ZoneInfo(workplace.catalog.timezone)).date())


def await_turn(tx: Transaction, plans: Plans, modules: Iterable[str]) -> None:
    """Wait for the turn to write records of these modules: the plans' revision is the applied one until the
    transaction ends, and where formulas join the modules to others, nobody else writes. Whoever locks records
    before a save waits before that.
    """
    hold_revision(tx, plans.workplace.revision)
    coupled = plans.coupled
    if coupled and any(module in coupled for module in modules):
        take_turn(tx.connection)


class _Saving:
    """One call of the writer."""

    def __init__(self, batch: Batch, meanwhile: Callable[[], object]) -> None:
        self.batch = batch
        self.meanwhile = meanwhile
        self.doomed: list[tuple[ModulePlan, Doomed]] = []
        self.returning: list[Returning] = []
        self.deletion = Deletion()
        self.restoring = Restoring()
        self.change_set: int | None = None
        self.opened = False

    def run(self) -> None:
        """Take every step."""
        batch = self.batch
        self._take_turn()
        self._find()
        works = batch.works.values()
        relations.resolve(batch, batch.all())
        relations.check_pointers(batch, batch.all())
        currencies.settle(batch, batch.all())
        for same in works:
            relations.link(batch, same)
            echoed.check(batch, same)
        locking.lock_related(batch)
        dynamics.run(batch)
        for same in works:
            choosing.check(batch, same)
            pointing.check(batch, same)
            unique.check(batch, same)
            duplicates.check(batch, same)
        self._plan_removals()
        self._leave_out()
        self._judge_new()
        self._leave_out()
        self._settle()
        self._write()

    # 2: what stands

    def _take_turn(self) -> None:
        await_turn(self.batch.tx, self.batch.plans, (asked.change.module for asked in self.batch.asked))

    def _find(self) -> None:
        batch = self.batch
        for key, them in batch.wanted.items():
            plan = batch.plans[key]
            ids = {asked.change.id for asked in them if asked.change.id is not None}
            standing = records_by_id(batch.tx.connection, plan, ids, batch.dialect)
            hidden = writing_rights.unseen(batch, plan, standing)
            standing = {number: values for number, values in standing.items() if number not in hidden}
            fixed = {
                right: writing_rights.fixed(batch, plan, right, standing)
                for right in {right_of(asked.change) for asked in them}
            }
            taken: set[int] = set()
            found = [
                self._take(plan, asked, standing, taken, fixed[right_of(asked.change)]) for asked in them
            ]
            if works := [work for work in found if work is not None]:
                beginning.read(batch, works)

    def _take(
        self,
        plan: ModulePlan,
        asked: Asked,
        standing: Mapping[int, Values],
        taken: set[int],
        fixed: Collection[int],
    ) -> Work | None:
        batch, change = self.batch, asked.change
        record_id = change.id or 0
        values = standing.get(record_id)
        gone = values is not None and values["deleted_at"] is not None
        if values is None or gone != (change.action == "restore"):
            asked.refuse("", FOUND_NOTHING, "not_found")
            return None
        verdict = batch.judge.may(batch.actor, plan.key, right_of(change), record=values)
        if record_id in fixed:
            verdict = writing_rights.NOT_YOURS
        if not verdict.allowed:
            for reason in verdict.reasons:
                asked.refuse("", reason, "forbidden")
            return None
        if record_id in taken:
            asked.refuse("", message("The same record is in the batch twice."))
            return None
        taken.add(record_id)
        version = int(str(values["version"]))
        if change.version is not None and change.version != version:
            asked.refuse("", STALE, "conflict")
        elif change.action == "delete":
            batch.turning.append((plan, record_id, False))
            parent = values.get("parent") if plan.parent is not None else None
            self.doomed.append(
                (plan, Doomed(record_id, version, asked, parent if isinstance(parent, int) else None))
            )
        elif change.action == "restore":
            batch.turning.append((plan, record_id, True))
            self.returning.append(Returning(plan, record_id, values, asked))
        else:
            work = Work(plan=plan, asked=asked, raw=change.values, id=record_id, old=values)
            batch.add(work)
            return work
        return None

    # 4: what goes and what comes back

    def _plan_removals(self) -> None:
        batch = self.batch
        rows_gone: list[tuple[ModulePlan, Doomed]] = []
        by_module: dict[str, list[int]] = {}
        for removal in batch.removals:
            by_module.setdefault(removal.plan.key, []).append(removal.id)
        for key, ids in by_module.items():
            standing = records_by_id(batch.tx.connection, batch.plans[key], ids, batch.dialect, lock=False)
            rows_gone.extend(
                (removal.plan, Doomed(removal.id, int(str(standing[removal.id]["version"])), removal.asked))
                for removal in batch.removals
                if removal.plan.key == key
            )
        if rows_gone or self.doomed:
            self.deletion = deletion.plan_deletion(batch, [*rows_gone, *self.doomed])
        self.restoring = restore.plan_restore(batch, self.returning)

    # 5 and 6: what may be written

    def _leave_out(self) -> None:
        batch = self.batch
        nothing = batch.atomic and any(asked.errors for asked in batch.asked)
        batch.drop_refused()
        deletion.leave_out_refused(self.deletion, nothing)
        restore.leave_out_refused(self.restoring, nothing)

    def _judge_new(self) -> None:
        batch = self.batch
        for works in batch.works.values():
            for work in works:
                if work.parent is not None:
                    continue  # rows take their parent's rights
                record = work.values if work.old is None else {**work.old, **work.values}
                verdict = batch.judge.may(
                    batch.actor, work.plan.key, right_of(work.asked.change), record=record
                )
                if not verdict.allowed:
                    for reason in verdict.reasons:
                        work.refuse("", reason, "forbidden")

    # 7: writing

    def _settle(self) -> None:
        # What really changes; what is new gets its id and its number.
        batch = self.batch
        works = batch.all()
        for work in works:
            if work.old is not None:
                old = work.old
                work.changed = tuple(key for key, value in work.values.items() if old.get(key) != value)
            if work.parent is not None and (work.is_new or work.changed or work.links):
                work.parent.touched = True
        batch.tx.reserve_ids(self._ids_wanted(works))
        fresh = [work for work in works if work.is_new]
        nameless = [work for work in fresh if work.id < 0]
        for work, record_id in zip(nameless, batch.tx.allocate_ids(len(nameless)), strict=True):
            work.id = record_id
        for work in fresh:
            if work.parent is not None:
                work.values["parent"] = work.parent.id
        for same in batch.works.values():
            self._append(same)
            numbering.number(batch, same)

    def _ids_wanted(self, works: list[Work]) -> int:
        # For what is new, and the entries of all that is written, the outbox's rows and the change set.
        if not self._anything():
            return 0
        new = sum(1 for work in works if work.id < 0)
        written = sum(1 for work in works if work.is_new or work.changed or work.links or work.touched)
        gone = sum(map(len, self.deletion.doomed.values())) + len(self.restoring.returning)
        return new + written + gone + len(self.batch.works) + 1

    def _append(self, works: list[Work]) -> None:
        # Rows that are written by themselves stand after those that are there.
        plan = works[0].plan
        alone = [work for work in works if plan.parent is not None and work.parent is None and work.is_new]
        waiting = [work for work in alone if work.values.get("position") is None]
        if not waiting:
            return
        last = rows.last_positions(self.batch, plan, {int(str(work.values["parent"])) for work in waiting})
        for work in waiting:
            parent = int(str(work.values["parent"]))
            last[parent] = work.values["position"] = last.get(parent, 0) + 1

    def _write(self) -> None:
        batch = self.batch
        if not self._anything():
            self._tell(batch.asked)
            return
        self.meanwhile()
        change_set = self.change_set = batch.tx.allocate_ids(1)[0]
        self._try(change_set)

    def _anything(self) -> bool:
        return (
            any(work.is_new or work.changed or work.links or work.touched for work in self.batch.all())
            or any(self.deletion.doomed.values())
            or bool(self.restoring.returning)
        )

    def _try(self, change_set: int) -> None:
        # All of it at once. When the database refuses, somebody else may have written the same in the
        # meantime: then the
        # checks find it now. What no check finds is looked for by halves.
        batch = self.batch
        for _ in range(RACES):
            try:
                self._write_as_one(change_set)
            except (IntegrityError, DataError, OverflowError, GuardError, writing_rights.LostError):
                refused = sum(1 for asked in batch.asked if asked.errors)
                for works in list(batch.works.values()):
                    unique.check(batch, works)
                refused -= batch.lost
                batch.lost = 0
                if refused == sum(1 for asked in batch.asked if asked.errors):
                    break
                self._leave_out()
                if not self._anything():
                    self._tell(batch.asked)
                    return
            else:
                self._tell(batch.asked)
                return
        self._by_halves(change_set, [asked for asked in batch.asked if not asked.errors])

    def _by_halves(self, change_set: int, them: list[Asked]) -> None:
        batch = self.batch
        before = (batch.works, self.deletion, self.restoring)
        self._narrow({asked.index for asked in them})
        try:
            self._write_as_one(change_set)
        except (IntegrityError, DataError, OverflowError, GuardError, writing_rights.LostError) as error:
            if any(asked.errors for asked in them):  # the rights told whom; the others are written
                rest = [asked for asked in them if not asked.errors]
                if rest and not batch.atomic:
                    self._by_halves(change_set, rest)
                return
            if len(them) == 1 or batch.atomic:
                known = error.reason if isinstance(error, GuardError) else None
                them[0].refuse("", known or message("The database refuses this record."))
                return
        else:
            self._tell(them)
            return
        finally:
            batch.works, self.deletion, self.restoring = before
        middle = len(them) // 2
        self._by_halves(change_set, them[:middle])
        self._by_halves(change_set, them[middle:])

    def _narrow(self, indexes: set[int]) -> None:
        batch = self.batch
        batch.works = {
            key: kept
            for key, works in batch.works.items()
            if (kept := [work for work in works if work.asked.index in indexes])
        }
        doomed = {
            module: {key: each for key, each in records.items() if each.asked.index in indexes}
            for module, records in self.deletion.doomed.items()
        }
        emptied = [each for each in self.deletion.emptied if each.asked.index in indexes]
        self.deletion = Deletion(doomed, emptied)
        self.restoring = Restoring(
            {key: each for key, each in self.restoring.returning.items() if each.asked.index in indexes},
            [each for each in self.restoring.refilled if each.asked.index in indexes],
            [each for each in self.restoring.cleared if each[0].asked.index in indexes],
        )

    def _write_as_one(self, change_set: int) -> None:
        with self.batch.tx.savepoint():
            if not self.opened:
                change_log.open_change_set(self.batch, change_set)
            self._write_all(change_set)
        self.opened = True

    def _write_all(self, change_set: int) -> None:
        batch = self.batch
        log = Log(deletion.carry_out(batch, self.deletion))
        log.add(restore.carry_out(batch, self.restoring))
        parents: dict[str, set[int]] = {}
        for works in sorted(batch.works.values(), key=lambda works: works[0].plan.depth):
            plan = works[0].plan
            new = [work for work in works if work.is_new]
            changed = [
                work for work in works if not work.is_new and (work.changed or work.links or work.touched)
            ]
            insert_records(batch, plan, new, partial(log.tell, new))
            update_records(batch, plan, changed)
            duplicates.keep(batch, plan, (*new, *changed))
            for field in plan.linked:
                write_links(batch, field, [work for work in works if field.key in work.links])
            log.tell(changed)
            if plan.module.parent is not None:
                alone = (work for work in (*new, *changed) if work.parent is None)
                parents.setdefault(plan.module.parent, set()).update(
                    int(str(work.get("parent"))) for work in alone
                )
        self._touch_parents(parents)
        if batch.plans.following.order or batch.plans.guards.any:
            written = written_by(batch, self.deletion, self.restoring, parents.items())
            staying_current.follow(batch, written, log)
            guards.hold(batch, written)
        writing_rights.hold(batch)
        change_log.write_log(batch, change_set, log)
        outbox.write_outbox(batch, change_set, log.entries)
        triggering.stage(batch, change_set, log, self.deletion, self.restoring)

    def _touch_parents(self, parents: dict[str, set[int]]) -> None:
        # A record whose rows were written by themselves has changed: a form that was opened before must not
        # undo it.
        batch = self.batch
        for plan, doomed in self.doomed:
            going = doomed.id in self.deletion.doomed.get(plan.key, {})
            if going and plan.parent is not None and doomed.parent is not None:
                parents.setdefault(plan.parent, set()).add(doomed.parent)
        for back in self.returning:
            if back.plan.parent is not None and back.id in self.restoring.returning:
                parents.setdefault(back.plan.parent, set()).add(int(str(back.values["parent"])))
        for module, ids in parents.items():
            known = {work.id for work in batch.works.get(module, ())}
            known.update(self.deletion.doomed.get(module, ()), self.restoring.returning)
            touch(batch, batch.plans[module], ids - known)

    def _tell(self, them: list[Asked]) -> None:
        # What became of each change that was not refused.
        works = {work.asked.index: work for work in self.batch.all() if not work.path}
        doomed = {each.asked.index: each for _, each in self.doomed}
        returning = {each.asked.index: each for each in self.returning}
        for asked in them:
            if asked.errors:
                continue
            work = works.get(asked.index)
            if work is not None:
                asked.result = _saved(work, self.change_set)
            elif asked.index in doomed and doomed[asked.index].id in self.deletion.doomed.get(
                asked.change.module, {}
            ):
                gone = doomed[asked.index]
                asked.result = Saved(
                    asked.change.module, gone.id, gone.version + 1, "deleted", self.change_set
                )
            elif asked.index in returning and returning[asked.index].id in self.restoring.returning:
                back = returning[asked.index]
                version = int(str(back.values["version"])) + 1
                asked.result = Saved(back.plan.key, back.id, version, "restored", self.change_set)


def _saved(work: Work, change_set: int | None) -> Saved:
    if work.old is None:
        return Saved(work.plan.key, work.id, 1, "created", change_set)
    version = int(str(work.old["version"]))
    if work.changed or work.links or work.touched:
        return Saved(work.plan.key, work.id, version + 1, "updated", change_set)
    return Saved(work.plan.key, work.id, version, "unchanged")
