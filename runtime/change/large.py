"""Large applies: expand, fill, switch. Nobody waits for long, nobody sees a half, and the next goes on.

1. *Expand*, a short transaction: the new tables and columns are made, which nobody reads yet; triggers begin
   to write down whose records are written; the journal gets its row.
2. *Fill*: each fill goes through its table in batches, each in a transaction of its own with its place in the
   journal. Then indexes are built, on PostgreSQL beside those who write.
3. *Switch*, a short transaction that no writer comes between: what was written meanwhile is filled once more,
   the other steps run, the revision is written.

An apply of the same target goes on where the journal says; one of another target clears away first.
"""

import logging
import time
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, column, func, select
from sqlalchemy import table as named

from runtime.automation.interrupted import StoppedError
from runtime.base.clock import Clock
from runtime.base.diagnostic import Diagnostic, Span
from runtime.change import codes, journal, touching
from runtime.change.expansion import Expansion
from runtime.change.journal import APPLIED, DROPPED, FILLING, Change, StepState
from runtime.change.landing import Applied, Refused, Target, rehearsed
from runtime.change.locking import again_while_busy, applying, be_brief, lock_configuration, stop_writers
from runtime.change.phases import Among, Fill, Part, Phase
from runtime.change.plan import Plan
from runtime.change.step import Step
from runtime.storage.database import Database
from runtime.storage.ddl import create_index_aside
from runtime.storage.engines import quoted
from runtime.storage.errors import StorageError
from runtime.storage.inspect import inspect
from runtime.storage.operations import ClaimLostError
from runtime.storage.transaction import Transaction

log = logging.getLogger(__name__)

LARGE = 20_000
"""From so many records on, a step that may go in batches does."""
BATCH = 2_000
"""So many records are filled in the first transaction."""
LARGEST = 5
"""So many times as many at most in a later one, as long as that is brief."""
BRIEF = 0.1
"""Seconds that a transaction may take for the next one to be larger: others wait for it."""
PAUSE = 0.005
"""Seconds between two batches, for those who wait."""
FEW = 500
"""So many records that were written meanwhile are left for the switch."""
ROUNDS = 20
"""How often what was written meanwhile is filled before the switch, which then takes what is left."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """From how many records on, how many at a time, and how many times as many at most."""

    large: int = LARGE
    batch: int = BATCH
    largest: int = 1

    def next(self, times: int, seconds: float) -> int:
        """How many batches the next transaction has, after one of so many that took so long."""
        return min(times + 1, self.largest) if seconds <= BRIEF else max(times // 2, 1)


GROWING = Sizes(largest=LARGEST)
"""What is taken where nobody says otherwise."""


class _CancelledError(Exception):
    """Somebody wants the apply given up."""


def is_large(plan: Plan, sizes: Sizes) -> bool:
    """Whether a plan goes by phases."""
    return any(step.rows >= sizes.large for step in plan.steps if step.fill is not None or step.build)


def give_up(database: Database, clock: Clock) -> bool:
    """Clear away what an apply has made that nobody goes on with; says whether there was one.

    Raises :class:`runtime.storage.errors.BusyError` when somebody is at work on it.
    """
    with applying(database, patience=0.0):
        with database.read() as connection:
            begun = journal.unfinished(connection)
        if begun is None:
            return False
        clear_away(database, begun, clock)
        return True


def clear_away(database: Database, change: Change, clock: Clock) -> None:
    """Undo an apply that was begun and that nobody goes on with."""

    def once() -> None:
        with database.write() as tx:
            lock_configuration(tx.connection, database.schema)
            stop_writers(tx.connection)
            touching.forget(tx.connection)
            change.made.clear_away(tx.connection)
            journal.finish(tx.connection, change, DROPPED, clock.now())

    again_while_busy(once)
    log.info("apply %s was given up, and what it had made is cleared away", change.id)


class LargeApply:
    """One large apply, by the process that carries it out now."""

    def __init__(self, database: Database, target: Target, sizes: Sizes) -> None:
        self._database = database
        self._target = target
        self._sizes = sizes
        self._planned: Plan | None = None

    def run(self, change: Change | None = None) -> Applied | Refused:
        """Begin, or go on with what the journal has."""
        if change is None:
            begun = again_while_busy(rehearsed(self._database, self._target, self._expand))
            if not isinstance(begun, Change):
                return begun
            change = begun
        try:
            change = self._fill(change)
            change = self._build(change)
            self._catch_up(change)
            switch = rehearsed(self._database, self._target, partial(self._switch, change))
            outcome = again_while_busy(switch)
        except (StorageError, KeyboardInterrupt, StoppedError, ClaimLostError):
            raise  # an apply of the same goes on from here
        except _CancelledError:
            clear_away(self._database, change, self._target.clock)
            return Refused((_cancelled(),), self._plan())
        except Exception:
            clear_away(self._database, change, self._target.clock)
            raise
        if isinstance(outcome, Refused):
            clear_away(self._database, change, self._target.clock)
        return outcome

    def _plan(self) -> Plan:
        """What is to be done, worked out once: the switch alone plans anew."""
        if self._planned is None:
            with self._database.read() as connection:
                self._planned = self._target.plan(connection, self._database.schema)
        return self._planned

    # Expand

    def _expand(self) -> Change | Applied | Refused:
        with self._database.write() as tx:
            connection = tx.connection
            lock_configuration(connection, self._database.schema)
            stop_writers(connection)
            plan = self._target.look(tx, self._database.schema)
            if not isinstance(plan, Plan):
                return plan
            before = inspect(connection, self._database.schema)
            for place, step in enumerate(plan.steps):
                if step.phase is Phase.EXPAND:
                    self._target.tell(place, step)
                    step.run(connection)
            after = inspect(connection, self._database.schema)
            fills = [step.fill for step in plan.steps if step.fill is not None]
            touching.watch(connection, before, {fill.table for fill in fills if before.has(fill.table)})
            change = journal.begin(connection, self._begun(plan, Expansion.between(before, after)))
        self._planned = plan
        for state in change.steps:
            if state.is_over:
                self._target.told(state)
        return change

    def _begun(self, plan: Plan, made: Expansion) -> Change:
        now = self._target.clock.now()
        states = [StepState.of(step) for step in plan.steps]
        steps = tuple(
            replace(each, done=each.rows, is_over=True) if each.phase is Phase.EXPAND else each
            for each in states
        )
        return Change(0, FILLING, plan.base, self._target.mark, made, steps, self._target.by, now, now)

    # Fill

    def _fill(self, change: Change) -> Change:
        """Go through the tables, batch by batch."""
        for place, step in enumerate(self._plan().steps):
            if step.fill is None or not self._is_watched(change, step.fill):
                continue
            self._target.tell(place, step)
            times = 1
            while not change.state_of(step).is_over:
                begun = time.perf_counter()
                change = again_while_busy(lambda: self._batch(change, step, times))  # noqa: B023
                times = self._sizes.next(times, time.perf_counter() - begun)
                self._target.told(change.state_of(step))
                time.sleep(PAUSE)
        return change

    def _is_watched(self, change: Change, fill: Fill) -> bool:
        return fill.table not in change.made.tables

    def _batch(self, change: Change, step: Step, times: int) -> Change:
        state, fill = change.state_of(step), step.fill
        assert fill is not None
        with self._database.write() as tx:
            be_brief(tx.connection)
            until, count = _next(tx.connection, fill.table, state.after, self._sizes.batch * times)
            if until is None:
                state = replace(state, is_over=True)
            else:
                fill.write(tx.connection, Part(state.after, until))
                state = replace(state, after=until, done=state.done + count)
            change = change.moved_on(state)
            self._keep(tx, change)
        return change

    def _keep(self, tx: Transaction, change: Change) -> None:
        if journal.keep(tx.connection, change, self._target.clock.now()):
            raise _CancelledError

    # Build

    def _build(self, change: Change) -> Change:
        """Make the indexes that may be there before the switch."""
        for place, step in enumerate(self._plan().steps):
            state = change.state_of(step)
            if step.build is None or state.is_over or step.build.table in change.made.tables:
                continue
            self._target.tell(place, step)
            change = replace(change, made=change.made.with_index(step.build.table, step.build.name))
            with self._database.write() as tx:
                self._keep(tx, change)
            again_while_busy(lambda: self._index(step))  # noqa: B023
            change = change.moved_on(replace(state, done=state.rows, is_over=True))
            with self._database.write() as tx:
                self._keep(tx, change)
            self._target.told(change.state_of(step))
        return change

    def _index(self, step: Step) -> None:
        assert step.build is not None
        if self._database.dialect == "postgresql":
            with self._database.aside() as connection:
                connection.exec_driver_sql("SET lock_timeout = 0")  # it keeps nobody from anything
                create_index_aside(connection, step.build.index)
            return
        with self._database.write() as tx:
            tx.connection.exec_driver_sql(f"DROP INDEX IF EXISTS {quoted(step.build.name)}")
            step.run(tx.connection)

    # Switch

    def _catch_up(self, change: Change) -> None:
        """Fill what was written meanwhile, until little of it is left."""
        fills = [step.fill for step in self._plan().steps if step.fill is not None]
        for _ in range(ROUNDS):
            with self._database.read() as connection:
                if touching.count(connection) <= FEW:
                    return
            for table in {fill.table for fill in fills if self._is_watched(change, fill)}:
                mine = [fill for fill in fills if fill.table == table]
                again_while_busy(lambda: self._again(table, mine))  # noqa: B023

    def _again(self, table: str, fills: list[Fill]) -> None:
        with self._database.write() as tx:
            be_brief(tx.connection)
            ids = touching.take(tx.connection, table)
            for fill in fills if ids else ():
                fill.write(tx.connection, Among(ids))

    def _switch(self, change: Change) -> Applied | Refused:
        with self._database.write() as tx:
            connection = tx.connection
            lock_configuration(connection, self._database.schema)
            stop_writers(connection)
            plan = self._target.look(tx, self._database.schema)
            if isinstance(plan, Refused):
                return plan
            if isinstance(plan, Applied):  # nothing is left to do: somebody undid by hand what it was for
                plan = plan.plan
            for contracts in (False, True):
                for place, step in enumerate(plan.steps):
                    if (step.phase is Phase.CONTRACT) is contracts:
                        self._finish(tx, change, place, step)
            touching.forget(connection)
            applied = self._target.land(tx, plan)
            journal.finish(connection, change, APPLIED, self._target.clock.now(), applied.revision)
        return applied

    def _finish(self, tx: Transaction, change: Change, place: int, step: Step) -> None:
        state = change.state_of(step)
        if not state.is_over:
            self._target.tell(place, step)
            step.run(tx.connection)
        elif step.fill is not None:
            step.fill.write(tx.connection, Among(touching.ids_of(step.fill.table)))


def _next(connection: Connection, table: str, after: int, most: int) -> tuple[int | None, int]:
    """The id of the last of the next records of a table, and how many they are."""
    ids: ColumnElement[Any] = column("id")
    few = select(ids).select_from(named(table)).where(ids > after).order_by(ids).limit(most).subquery()
    until, count = connection.execute(select(func.max(few.c.id), func.count())).one()
    return until, int(count)


def _cancelled() -> Diagnostic:
    return Diagnostic(
        codes.CANCELLED.name,
        "the apply was cancelled, and what it had made is cleared away",
        Span.point("pack.yaml"),
        help="apply again whenever you like",
    )
