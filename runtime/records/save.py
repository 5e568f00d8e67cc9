"""The one writer: every record that is made, changed, deleted or brought back goes through here, in batches.

The steps, in this order, all in the caller's transaction and each a constant number of statements for any
batch:

1. read what was written of new records, rows included; fill literal defaults in
   (:mod:`runtime.records.beginning`, the one step without the database)
2. find the other records as they stand, and lock them; rights on them; their versions; read what was written
   (:mod:`runtime.records.standing`)
3. find and check what it points at; required; links; what the save does by itself
   (:mod:`runtime.records.dynamics`); what may be chosen; who may own; unique; what may be
   there already
4. find out what a deletion takes along, and what a restore brings back
5. leave out what was refused (all of it, when the batch is all or nothing)
6. rights on the records as they will be
7. number (:mod:`runtime.records.settling`); write; computed fields that follow
   (:mod:`runtime.records.staying_current`); change log; outbox; the runs of
   workflows that it sets going (:mod:`runtime.records.carrying_out`); what the
   database refuses is found out and left out (:mod:`runtime.records.trying`)
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

from runtime.fields.base import Parsing
from runtime.identity.actor import Actor
from runtime.records import (
    approval_lock,
    archived_owners,
    beginning,
    choosing,
    currencies,
    duplicates,
    dynamics,
    echoed,
    locking,
    owner_rights,
    pointing,
    relations,
    settling,
    standing,
    trying,
    unique,
)
from runtime.records.access import Judge
from runtime.records.base import Workplace
from runtime.records.beginning import right_of
from runtime.records.change import Change, Refused, Saved
from runtime.records.plan import Plans
from runtime.records.saving import Saving
from runtime.records.work import NO_FORMATS, Asked, Batch
from runtime.storage.generations import hold_revision
from runtime.storage.transaction import Transaction
from runtime.storage.turns import take_turn


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
        _run(Saving(batch), meanwhile)
        return [asked.outcome() for asked in batch.asked]

    def begin(self, tx: Transaction, changes: Sequence[Change], actor: Actor, parsing: Parsing) -> Batch:
        """A batch of which nothing is done yet; an import looks records up with one that has no changes."""
        batch = self._batch(changes, actor, parsing)
        self._enter(batch, tx)
        return batch

    def _batch(
        self,
        changes: Sequence[Change],
        actor: Actor,
        parsing: Parsing,
        atomic: bool = True,
        formats: Mapping[str, Parsing] = NO_FORMATS,
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
        take_turn(tx)


def _run(saving: Saving, meanwhile: Callable[[], object]) -> None:
    # The steps from the second on.
    batch = saving.batch
    await_turn(batch.tx, batch.plans, (asked.change.module for asked in batch.asked))
    standing.find(saving)
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
    archived_owners.check(batch)
    owner_rights.check(batch)
    standing.plan_removals(saving)
    approval_lock.check(saving)
    saving.leave_out()
    _judge_new(batch)
    saving.leave_out()
    settling.settle(saving)
    trying.write(saving, meanwhile)


def _judge_new(batch: Batch) -> None:
    for works in batch.works.values():
        for work in works:
            if work.parent is not None:
                continue  # rows take their parent's rights
            record = work.values if work.old is None else {**work.old, **work.values}
            verdict = batch.judge.may(batch.actor, work.plan.key, right_of(work.asked.change), record=record)
            if not verdict.allowed:
                for reason in verdict.reasons:
                    work.refuse("", reason, "forbidden")
