"""Runs: workflows at work, as rows that are the truth of what is still to be done and of what was.

They are written in the transaction of the save that causes them, and claimed with a lease. Every write of a
worker names its claim: one that was given to another worker in the meantime writes nothing, and its
transaction is rolled back, with whatever the step did.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    Update,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningUpdate

from runtime.base.clock import Clock
from runtime.storage.bulk import insert_rows
from runtime.storage.driving import fetch_each
from runtime.storage.generations import check_revision, holding
from runtime.storage.leased import ask_cancel, free
from runtime.storage.operations import ClaimLostError
from runtime.storage.prepared import Kept
from runtime.storage.runtime_tables import runtime_tables
from runtime.storage.transaction import Transaction

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
SKIPPED, CUT = "skipped", "cut"
STATES = (QUEUED, RUNNING, DONE, FAILED, CANCELLED, SKIPPED, CUT)
"""``skipped``: its condition no longer held when it was to begin. ``cut``: the chain was too long."""
OPEN = (QUEUED, RUNNING)

AT_ONCE = 400
"""How many rows one statement names."""


_OURS = "SELECT cancel_at FROM trellis_runs WHERE id = {id} AND claim = {claim} AND state = 'running'"


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run as it stands."""

    id: int
    workflow: str
    module: str
    record_id: int | None
    key: str
    trigger: str
    state: str
    change_set_id: int | None
    user_id: int | None
    chain: Sequence[Sequence[Any]]
    inputs: Mapping[str, Any]
    place: Sequence[Mapping[str, Any]] | None
    names: Mapping[str, Any] | None
    digest: str
    revision_id: int | None
    worker: str | None
    claim: int
    attempts: int
    lease_until: datetime | None
    next_at: datetime
    cancel_at: datetime | None
    watching: bool | None
    error: Mapping[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredStep:
    """What one step did, or why it failed."""

    id: int
    run_id: int
    place: str
    kind: str
    state: str
    reads: Mapping[str, Any] | None
    effects: Mapping[str, Any] | None
    error: Mapping[str, Any] | None
    took: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs a page shows: of a workflow, in a state, of a record; those before an id."""

    workflow: str = ""
    state: str = ""
    record_id: int | None = None
    before: int | None = None


class Runs:
    """Reads and writes the rows. It depends on no catalog."""

    def __init__(self, clock: Clock) -> None:
        tables = runtime_tables()
        self._table = tables.runs
        self._steps = tables.run_steps
        self._prepared = Kept()
        self.clock = clock

    # By admins

    def find(self, connection: Connection, run_id: int) -> StoredRun | None:
        """The run of an id."""
        row = connection.execute(select(self._table).where(self._table.c.id == run_id)).first()
        return _run(row) if row is not None else None

    def of_keys(self, connection: Connection, keys: Sequence[str]) -> list[StoredRun]:
        """The runs of keys, the oldest first."""
        found: list[StoredRun] = []
        for place in range(0, len(keys), AT_ONCE):
            query = select(self._table).where(self._table.c.key.in_(keys[place : place + AT_ONCE]))
            found += map(_run, connection.execute(query))
        return sorted(found, key=lambda run: run.id)

    def latest(self, connection: Connection, wanted: Wanted, limit: int) -> list[StoredRun]:
        """The newest runs that are wanted."""
        table = self._table
        query = select(table).order_by(table.c.id.desc()).limit(limit)
        if wanted.workflow:
            query = query.where(table.c.workflow == wanted.workflow)
        if wanted.state:
            query = query.where(table.c.state == wanted.state)
        if wanted.record_id is not None:
            query = query.where(table.c.record_id == wanted.record_id)
        if wanted.before is not None:
            query = query.where(table.c.id < wanted.before)
        return [_run(row) for row in connection.execute(query)]

    def steps(self, connection: Connection, run_id: int, limit: int = 1000) -> list[StoredStep]:
        """What the steps of a run did, in order."""
        steps = self._steps
        query = select(steps).where(steps.c.run_id == run_id).order_by(steps.c.id).limit(limit)
        return [StoredStep(**row._mapping) for row in connection.execute(query)]

    def latest_steps(
        self, connection: Connection, run_id: int, before: int | None, limit: int
    ) -> list[StoredStep]:
        """The last so many of a run's steps, in order: of those before an id, where there is one."""
        steps = self._steps
        query = select(steps).where(steps.c.run_id == run_id).order_by(steps.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(steps.c.id < before)
        return [StoredStep(**row._mapping) for row in reversed(connection.execute(query).all())]

    def counts(self, connection: Connection, since: datetime) -> dict[tuple[str, str], int]:
        """How many runs each workflow has had since a moment, by workflow and state."""
        table = self._table
        query = (
            select(table.c.workflow, table.c.state, func.count())
            .where(or_(table.c.created_at >= since, table.c.state.in_((*OPEN, FAILED))))
            .group_by(table.c.workflow, table.c.state)
        )
        return {(workflow, state): count for workflow, state, count in connection.execute(query)}

    def counts_of(self, connection: Connection, prefix: str) -> dict[str, int]:
        """How many of the runs whose keys begin so are in each state."""
        state = self._table.c.state
        query = select(state, func.count()).where(self._of(prefix)).group_by(state)
        return {str(state): int(count) for state, count in connection.execute(query)}

    def cancel_all(self, tx: Transaction, prefix: str) -> None:
        """Cancel those whose keys begin so: what waits at once, what runs after its step."""
        table, now = self._table, self.clock.now()
        tx.connection.execute(
            update(table)
            .where(self._of(prefix), table.c.state == QUEUED)
            .values(state=CANCELLED, cancel_at=now, finished_at=now)
        )
        running = update(table).where(self._of(prefix), table.c.state == RUNNING)
        tx.connection.execute(running.values(cancel_at=now))

    def resume_all(self, tx: Transaction, prefix: str) -> None:
        """Let those whose keys begin so, and that failed or were cancelled, go on where they ended."""
        tx.connection.execute(self._resuming(self._of(prefix)))

    def resume(self, tx: Transaction, run_id: int) -> bool:
        """Let a run that failed or was cancelled go on from the step where it ended."""
        return bool(tx.connection.execute(self._resuming(self._table.c.id == run_id)).rowcount)

    def _resuming(self, which: ColumnElement[bool]) -> Update:
        table, now = self._table, self.clock.now()
        # What waits for a moment still does: not what is tried again, or looked at now and then.
        waits = (table.c.next_at > now) & (table.c.attempts == 0) & table.c.watching.is_not(True)
        again = {"state": QUEUED, "attempts": 0, "error": None, "finished_at": None, "cancel_at": None}
        next_at = case((waits, table.c.next_at), else_=now)
        values = {**again, "next_at": next_at, "worker": None, "lease_until": None}
        return update(table).where(which, table.c.state.in_((FAILED, CANCELLED))).values(values)

    def _of(self, prefix: str) -> Any:
        key = self._table.c.key
        return (key >= prefix) & (key < prefix[:-1] + chr(ord(prefix[-1]) + 1))

    def ask_cancel(self, tx: Transaction, run_id: int) -> bool:
        """Cancel what waits, and ask what runs to end after its step; says whether there was something."""
        return ask_cancel(tx, self._table, run_id, self.clock.now())

    def again(
        self, tx: Transaction, run: StoredRun, digest: str, revision_id: int | None, user: int | None
    ) -> int:
        """Run a workflow again from its first step, for the same cause: gives the new run's id."""
        now, run_id = self.clock.now(), tx.allocate_ids(1)[0]
        values = {
            "id": run_id, "workflow": run.workflow, "module": run.module, "record_id": run.record_id,
            "key": f"again:{run_id}", "trigger": run.trigger, "state": QUEUED, "chain": [],
            "change_set_id": run.change_set_id, "user_id": user, "inputs": dict(run.inputs), "digest": digest,
            "revision_id": revision_id, "claim": 0, "attempts": 0, "next_at": now, "created_at": now,
        }  # fmt: skip
        tx.connection.execute(insert(self._table).values(values))
        return run_id

    def start(self, tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> list[int]:
        """Add runs; of a key that is there already none is added. Gives the ids of those that were."""
        table, now = self._table, self.clock.now()
        add: Any = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
        fresh = {"claim": 0, "attempts": 0, "created_at": now}
        found: list[int] = []
        for place in range(0, len(rows), AT_ONCE):
            some = rows[place : place + AT_ONCE]
            numbers = tx.allocate_ids(len(some))
            values = [{"id": number, **row, **fresh} for number, row in zip(numbers, some, strict=True)]
            statement = add(table).values(values).on_conflict_do_nothing().returning(table.c.id)
            found += tx.connection.execute(statement).scalars()
        return sorted(found)

    # By a worker

    def since(self, connection: Connection, number: int, limit: int) -> list[StoredRun]:
        """The runs that were made after an id was given, the oldest first."""
        query = select(self._table).where(self._table.c.id > number).order_by(self._table.c.id).limit(limit)
        return [_run(row) for row in connection.execute(query)]

    def next_at(self, connection: Connection, after: datetime) -> datetime | None:
        """The next moment, after one, that a run waits for; those that wait for a condition left out."""
        table = self._table
        waits = (table.c.state == QUEUED) & (table.c.next_at > after) & table.c.watching.is_not(True)
        found: datetime | None = connection.execute(select(func.min(table.c.next_at)).where(waits)).scalar()
        return found

    def watching(self, connection: Connection) -> list[StoredRun]:
        """The runs that wait for a condition."""
        table = self._table
        mine = (table.c.state == QUEUED) & table.c.watching.is_(True)
        return [_run(row) for row in connection.execute(select(table).where(mine).order_by(table.c.id))]

    def look_again(self, tx: Transaction, workflows: Sequence[str]) -> bool:
        """Have all runs of these that wait for a condition look at it now; says whether there are any."""
        table, now = self._table, self.clock.now()
        mine = (table.c.state == QUEUED) & table.c.watching.is_(True) & table.c.workflow.in_(workflows)
        return tx.connection.execute(update(table).where(mine).values(next_at=now)).rowcount > 0

    def forget_waiting(self, tx: Transaction) -> None:
        """Drop what waits, as if nothing had set it going."""
        tx.connection.execute(delete(self._table).where(self._table.c.state == QUEUED))

    def take(self, tx: Transaction, run_id: int, worker: str, lease: timedelta) -> StoredRun | None:
        """Take one run that waits, whatever it waits for."""
        table, now = self._table, self.clock.now()
        row = tx.connection.execute(
            update(table)
            .where(table.c.id == run_id, table.c.state == QUEUED)
            .values(state=RUNNING, worker=worker, claim=table.c.claim + 1, lease_until=now + lease)
            .returning(*table.c)
        ).first()
        return _run(row) if row is not None else None

    def has_claimable(self, connection: Connection) -> bool:
        """Whether there is something to claim: a cheap look."""
        look = self._prepared.select("claimable", connection, self._claimable)
        ((found,),) = look.run(connection, {"now": self.clock.now()})
        return bool(found)

    def waiting_since(self, connection: Connection) -> datetime | None:
        """Since when the one that waits longest could have begun; None when none waits."""
        table = self._table
        found: datetime | None = connection.execute(
            select(func.min(table.c.next_at)).where(
                table.c.state == QUEUED, table.c.next_at <= self.clock.now()
            )
        ).scalar()
        return found

    def claim(self, tx: Transaction, worker: str, lease: timedelta, count: int) -> list[StoredRun]:
        """Take runs whose time it is, those that wait longest first. Two workers never take the same, and of
        one record's runs of a workflow a later one waits for those before it.
        """
        waiting, left = self._takings
        now = self.clock.now()
        given = {"now": now, "by": worker, "until": now + lease}
        # What a dead worker has left is seldom there.
        found = list(map(_run, tx.connection.execute(left, {**given, "most": count})))
        if len(found) < count:
            found += map(_run, tx.connection.execute(waiting, {**given, "most": count - len(found)}))
        return sorted(found, key=lambda run: (run.next_at, run.id))

    @cached_property
    def _takings(self) -> tuple[ReturningUpdate[Any], ReturningUpdate[Any]]:
        # Built once: to build them takes longer than to run them.
        waits, left = self._free()
        return self._taking(waits), self._taking(left)

    def _taking(self, free: ColumnElement[bool]) -> ReturningUpdate[Any]:
        # By the order of the index that finds them, so that no more are looked at than are taken.
        table, now = self._table, self._now()
        earlier = table.alias("earlier")
        before = (
            select(earlier.c.id)
            .where(
                earlier.c.record_id == table.c.record_id,
                earlier.c.workflow == table.c.workflow,
                earlier.c.id < table.c.id,
                or_(earlier.c.state == RUNNING, and_(earlier.c.state == QUEUED, earlier.c.next_at <= now)),
            )
            .exists()
        )
        first = (
            select(table.c.id)
            .where(free, ~before)
            .order_by(table.c.next_at)
            .limit(bindparam("most", type_=Integer))
            .with_for_update(skip_locked=True, of=table)
        )
        return (
            update(table)
            .where(table.c.id.in_(first.scalar_subquery()))
            .values(
                state=RUNNING,
                worker=bindparam("by", type_=table.c.worker.type),
                claim=table.c.claim + 1,
                lease_until=bindparam("until", type_=table.c.lease_until.type),
                started_at=func.coalesce(table.c.started_at, now),
            )
            .returning(*table.c)
        )

    def enter(self, tx: Transaction, run: StoredRun, revision: int, ids: int) -> bool:
        """Begin the transaction of a step, in which nobody else takes the run: the revision is held, and the
        ids that the step will want are at hand. PostgreSQL is asked once for all of it. Says whether the run
        is to be cancelled; raises :class:`ClaimLostError` where another worker has it.
        """
        hold = holding(tx)
        asked = [*hold, _OURS.format(id=run.id, claim=run.claim)]
        if tx.connection.dialect.name == "postgresql":
            asked[-1] += " FOR UPDATE"
            asked.append(tx.asking_ids(ids))
        rows = fetch_each(tx.connection, asked)
        check_revision(tx, revision, rows[len(hold) - 1])
        ours = rows[len(hold)]
        if not ours:
            raise ClaimLostError(f"Run {run.id} belongs to another worker by now.")
        if len(rows) > len(hold) + 1:
            tx.take_ids(rows[-1])
        return ours[0][0] is not None

    def keep(self, tx: Transaction, run: StoredRun, values: Mapping[str, Any]) -> None:
        """Keep what a step of a run has come to, in the transaction of the step, which has been entered."""
        keys, given = tuple(values), {f"to_{key}": value for key, value in values.items()}
        change = self._prepared.write(keys, tx.connection, lambda: self._keeping(keys))
        change.run(tx.connection, [{"run": run.id, "claimed": run.claim, **given}])

    def write(self, tx: Transaction, run: StoredRun, values: Mapping[str, Any]) -> bool:
        """Keep what a step of a run has come to, in the transaction of the step; says whether the run is to
        be cancelled. Raises :class:`ClaimLostError` where another worker has it.
        """
        keys, given = tuple(values), {f"to_{key}": value for key, value in values.items()}
        asked = self._table.c.cancel_at
        change = self._prepared.change(keys, tx.connection, lambda: self._keeping(keys).returning(asked))
        rows = change.run(tx.connection, {"run": run.id, "claimed": run.claim, **given})
        if not rows:
            raise ClaimLostError(f"Run {run.id} belongs to another worker by now.")
        return rows[0][0] is not None

    def _keeping(self, keys: Sequence[str]) -> Update:
        table = self._table

        def given(name: str, column: str) -> BindParameter[Any]:
            return bindparam(name, required=False, type_=table.c[column].type)

        mine = (table.c.id == given("run", "id")) & (table.c.claim == given("claimed", "claim"))
        values = {key: given(f"to_{key}", key) for key in keys}
        still = mine & (table.c.state == RUNNING)
        return update(table).where(still).values(values)

    def note(self, tx: Transaction, run_id: int, step: Mapping[str, Any]) -> int:
        """Write down what a step did, in its own transaction; gives the note's number."""
        number = tx.allocate_ids(1)[0]
        values = {"run_id": run_id, "at": self.clock.now(), **step}
        insert_rows(tx.connection, self._steps, {"id": [number]}, values)
        return number

    def items(self, connection: Connection, number: int) -> list[list[Any]]:
        """The records that a note names, which a loop goes through."""
        steps = self._steps
        effects = connection.execute(select(steps.c.effects).where(steps.c.id == number)).scalar() or {}
        return list(effects.get("items", ()))

    def free(self, tx: Transaction, worker: str) -> int:
        """End the leases of a worker that is known to be dead."""
        return free(tx, self._table, worker, self.clock.now())

    def prune(self, tx: Transaction, before: datetime) -> int:
        """Forget runs that ended before a moment, but not those that failed and wait for somebody."""
        table, steps = self._table, self._steps
        old = table.c.state.in_((DONE, CANCELLED, SKIPPED, CUT)) & (table.c.finished_at < before)
        tx.connection.execute(delete(steps).where(steps.c.run_id.in_(select(table.c.id).where(old))))
        return tx.connection.execute(delete(table).where(old)).rowcount

    def _claimable(self) -> Select[Any]:
        waits, left = (select(self._table.c.id).where(which).exists() for which in self._free())
        return select(or_(waits, left))

    def _now(self) -> BindParameter[datetime]:
        return bindparam("now", required=False, type_=self._table.c.next_at.type)

    def _free(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        """What waits for its time, which has come; and what a worker has left."""
        table, now = self._table, self._now()
        waits = and_(table.c.state == QUEUED, table.c.next_at <= now)
        return waits, and_(table.c.state == RUNNING, table.c.lease_until <= now)


def look_again(tx: Transaction, workflows: Sequence[str], ids: Iterable[int], now: datetime) -> bool:
    """Have runs of these records that wait for a condition look at it now; says whether there are any."""
    table, wanted = runtime_tables().runs, list(ids)
    found = 0
    for place in range(0, len(wanted), AT_ONCE):
        some = wanted[place : place + AT_ONCE]
        mine = (table.c.workflow.in_(workflows)) & table.c.record_id.in_(some) & table.c.watching.is_(True)
        waiting = update(table).where(mine, table.c.state == QUEUED, table.c.next_at > now)
        found += tx.connection.execute(waiting.values(next_at=now)).rowcount
    return found > 0


def _run(row: Row[Any]) -> StoredRun:
    return StoredRun(**row._mapping)
