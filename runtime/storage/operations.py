"""Operations: long work in the background as rows, which are the truth of the queue.

A worker claims a row for a while (a lease) and keeps what it has done in the same transaction as the work
itself. Every write of a worker names its claim: one that was given to another worker in the meantime writes
nothing, and the transaction that asked is to be rolled back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
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

from runtime.base.clock import Clock
from runtime.storage.leased import ask_cancel, free
from runtime.storage.prepared import Kept
from runtime.storage.runtime_tables import runtime_tables
from runtime.storage.transaction import Transaction

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
OPEN = (QUEUED, RUNNING)
"""The states of what is still to be done."""

MOST_ATTEMPTS = 5
"""How often an operation is begun without getting any further, before it is given up."""


class ClaimLostError(Exception):
    """Another worker has the operation by now: what this one did since must not be kept."""


@dataclass(frozen=True, slots=True)
class StoredOperation:
    """An operation as it stands. ``text`` and ``error`` are messages as JSON."""

    id: int
    kind: str
    about: str
    arguments: Mapping[str, Any]
    state: str
    done: int
    total: int | None
    text: Mapping[str, Any] | None
    checkpoint: Mapping[str, Any] | None
    result: Mapping[str, Any] | None
    error: Mapping[str, Any] | None
    worker: str | None
    claim: int
    attempts: int
    lease_until: datetime | None
    next_at: datetime
    cancel_at: datetime | None
    user_id: int | None
    revision_id: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether there is still something to be done."""
        return self.state in OPEN

    @property
    def was_undone(self) -> bool:
        """Whether what it had done has been taken back."""
        return "undone" in (self.result or {})


class Operations:
    """Reads and writes the rows. It depends on no catalog, so that every snapshot's may be the same one."""

    def __init__(self, clock: Clock) -> None:
        tables = runtime_tables()
        self._table = tables.operations
        self._notes = tables.operation_notes
        self._prepared = Kept()
        self.clock = clock

    # By who wants something done

    def add(
        self,
        tx: Transaction,
        kind: str,
        arguments: Mapping[str, Any],
        about: str,
        user_id: int | None,
        revision_id: int | None,
    ) -> int:
        """Queue an operation in the transaction that gives the cause for it; gives its id."""
        now = self.clock.now()
        operation_id = tx.allocate_ids(1)[0]
        tx.connection.execute(
            insert(self._table).values(
                id=operation_id,
                kind=kind,
                about=about,
                arguments=dict(arguments),
                state=QUEUED,
                done=0,
                claim=0,
                attempts=0,
                next_at=now,
                user_id=user_id,
                revision_id=revision_id,
                created_at=now,
            )
        )
        return operation_id

    def ask_cancel(self, tx: Transaction, operation_id: int) -> bool:
        """Cancel what waits, and ask what runs to end after its batch; says whether there was something."""
        return ask_cancel(tx, self._table, operation_id, self.clock.now())

    def go_on(self, tx: Transaction, operation_id: int) -> None:
        """Queue one that ended early once more: it goes on from its checkpoint, with what it has gathered."""
        anew = {"state": QUEUED, "next_at": self.clock.now(), "attempts": 0, "error": None}
        ended = {"cancel_at": None, "finished_at": None, "worker": None, "lease_until": None}
        table = self._table
        tx.connection.execute(update(table).where(table.c.id == operation_id).values({**anew, **ended}))

    def mark_undone(self, tx: Transaction, operation_id: int, undone_by: int) -> None:
        """Note in an operation's result that another one takes it back: the latter is in ``undone``."""
        table = self._table
        mine = table.c.id == operation_id
        result = tx.connection.execute(select(table.c.result).where(mine)).scalar() or {}
        tx.connection.execute(update(table).where(mine).values(result={**result, "undone": undone_by}))

    def find(self, connection: Connection, operation_id: int) -> StoredOperation | None:
        """The operation of an id; None when there is none."""
        row = connection.execute(select(self._table).where(self._table.c.id == operation_id)).first()
        return _stored(row) if row is not None else None

    def latest(
        self, connection: Connection, limit: int, user_id: int | None = None, before: int | None = None
    ) -> list[StoredOperation]:
        """The newest operations: everybody's, or one user's; ``before`` is the id that the last page ended
        with.
        """
        query = select(self._table).order_by(self._table.c.id.desc()).limit(limit)
        if user_id is not None:
            query = query.where(self._table.c.user_id == user_id)
        if before is not None:
            query = query.where(self._table.c.id < before)
        return [_stored(row) for row in connection.execute(query)]

    def open_one(self, connection: Connection, kind: str) -> int | None:
        """The id of the oldest of a kind that has not ended; None when all have."""
        table = self._table
        mine = (table.c.kind == kind) & table.c.state.in_(OPEN)
        query = select(table.c.id).where(mine).order_by(table.c.id).limit(1)
        found: int | None = connection.execute(query).scalar()
        return found

    def latest_of(self, connection: Connection, kind: str) -> StoredOperation | None:
        """The newest of a kind, whatever has become of it."""
        table = self._table
        query = select(table).where(table.c.kind == kind).order_by(table.c.id.desc()).limit(1)
        row = connection.execute(query).first()
        return _stored(row) if row is not None else None

    def about(self, connection: Connection, kind: str, about: str, limit: int) -> list[StoredOperation]:
        """The newest of a kind that are about something, the newest first."""
        table = self._table
        mine = (table.c.kind == kind) & (table.c.about == about)
        query = select(table).where(mine).order_by(table.c.id.desc()).limit(limit)
        return [_stored(row) for row in connection.execute(query)]

    def was_started(self, connection: Connection, kind: str, since: datetime) -> bool:
        """Whether one of a kind was started since a moment, or has not ended yet."""
        table = self._table
        recent = or_(table.c.state.in_(OPEN), table.c.created_at > since)
        query = select(table.c.id).where(table.c.kind == kind, recent).limit(1)
        return connection.execute(query).first() is not None

    def waiting_since(self, connection: Connection) -> datetime | None:
        """Since when the one that waits longest could have begun; None when none waits."""
        table = self._table
        oldest = select(func.min(table.c.next_at)).where(table.c.state == QUEUED)
        found: datetime | None = connection.execute(oldest).scalar()
        return found

    # By a worker

    def has_claimable(self, connection: Connection) -> bool:
        """Whether there is something to claim: a cheap look, before one asks for the right to write."""
        look = self._prepared.select("claimable", connection, self._looking)
        return bool(look.run(connection, {"now": self.clock.now()}))

    def claim(self, tx: Transaction, worker: str, lease: timedelta) -> StoredOperation | None:
        """Take the operation that waits longest, for a while; None when none waits.

        One whose worker's lease has run out waits again. Two workers never take the same.
        """
        table, now = self._table, self.clock.now()
        first = (
            select(table.c.id)
            .where(self._claimable())
            .order_by(table.c.next_at, table.c.id)
            .limit(1)
            .with_for_update(
                skip_locked=True
            )  # says nothing on SQLite, where one transaction writes at a time
        )
        row = tx.connection.execute(
            update(table)
            .where(table.c.id == first.scalar_subquery())
            .values(
                state=RUNNING,
                worker=worker,
                claim=table.c.claim + 1,
                attempts=table.c.attempts + 1,
                lease_until=now + lease,
                started_at=func.coalesce(table.c.started_at, now),
            )
            .returning(*table.c)
        ).first()
        return _stored(row) if row is not None else None

    def keep(
        self, tx: Transaction, operation: StoredOperation, lease: timedelta, values: Mapping[str, Any]
    ) -> bool:
        """Keep a batch's checkpoint and progress with its work, and the operation for longer.

        Says whether it is to be cancelled; raises :class:`ClaimLostError`. That it got further is what makes
        the attempts begin anew.
        """
        return self._write(tx, operation, {**values, "attempts": 0, "lease_until": self.clock.now() + lease})

    def beat(
        self, tx: Transaction, operation: StoredOperation, lease: timedelta, values: Mapping[str, Any]
    ) -> bool:
        """Keep the operation for longer, and tell its progress; like :meth:`keep` without any work."""
        return self._write(tx, operation, {**values, "lease_until": self.clock.now() + lease})

    def finish(
        self,
        tx: Transaction,
        operation: StoredOperation,
        state: str,
        result: Mapping[str, Any] | None = None,
        error: Mapping[str, Any] | None = None,
    ) -> None:
        """End it; raises :class:`ClaimLostError`."""
        ended = {"state": state, "result": result, "error": error, "finished_at": self.clock.now()}
        self._write(tx, operation, {**ended, "worker": None, "lease_until": None})

    def give_back(
        self, tx: Transaction, operation: StoredOperation, *, later: timedelta = timedelta(), tried: bool
    ) -> None:
        """Let another worker go on with it, after a while; ``tried`` says whether this is
        an attempt.
        """
        values: dict[str, Any] = {"state": QUEUED, "worker": None, "lease_until": None}
        values["next_at"] = self.clock.now() + later
        if not tried:
            begun = self._table.c.attempts
            values["attempts"] = case((begun > 0, begun - 1), else_=0)
        self._write(tx, operation, values)

    def free(self, tx: Transaction, worker: str) -> int:
        """End the leases of a worker that is known to be dead; says how many there were."""
        return free(tx, self._table, worker, self.clock.now())

    def has_stuck(self, connection: Connection) -> bool:
        """Whether something was begun too often without getting further: a cheap look."""
        return connection.execute(select(self._table.c.id).where(self._stuck()).limit(1)).first() is not None

    def give_up(self, tx: Transaction, error: Mapping[str, Any]) -> int:
        """Fail what was begun too often without getting further; says how many there were."""
        ended = {"state": FAILED, "error": dict(error), "finished_at": self.clock.now(), "worker": None}
        return tx.connection.execute(update(self._table).where(self._stuck()).values(ended)).rowcount

    def prune(self, tx: Transaction, before: datetime) -> int:
        """Forget what ended before a moment; says how many there were."""
        table, notes = self._table, self._notes
        old = (table.c.state.not_in(OPEN)) & (table.c.finished_at < before)
        tx.connection.execute(delete(notes).where(notes.c.operation_id.in_(select(table.c.id).where(old))))
        return tx.connection.execute(delete(table).where(old)).rowcount

    # What it gathers

    def note(self, tx: Transaction, operation_id: int, kind: str, data: Sequence[Any]) -> None:
        """Add to what an operation gathers: one statement."""
        if not data:
            return
        ids = tx.allocate_ids(len(data))
        tx.connection.execute(
            insert(self._notes),
            [
                {"id": note_id, "operation_id": operation_id, "kind": kind, "data": one}
                for note_id, one in zip(ids, data, strict=True)
            ],
        )

    def notes(
        self, connection: Connection, operation_id: int, kind: str, after: int = 0, limit: int = 1000
    ) -> list[tuple[int, Any]]:
        """What was gathered, in order: the number of each and its data."""
        notes = self._notes
        query = (
            select(notes.c.id, notes.c.data)
            .where(notes.c.operation_id == operation_id, notes.c.kind == kind, notes.c.id > after)
            .order_by(notes.c.id)
            .limit(limit)
        )
        return [(row.id, row.data) for row in connection.execute(query)]

    def mentioned_files(self, connection: Connection) -> Iterator[int]:
        """The ids of the files that operations were given, or made."""
        for arguments, result in connection.execute(select(self._table.c.arguments, self._table.c.result)):
            for place in (arguments, result or {}):
                yield from place.get("files", {}).values()

    def _looking(self) -> Select[Any]:
        now = bindparam("now", required=False, type_=self._table.c.next_at.type)
        tried = self._table.c.attempts < MOST_ATTEMPTS
        return select(self._table.c.id).where(self._free(now), tried).limit(1)

    def _claimable(self) -> Any:
        return and_(self._free(), self._table.c.attempts < MOST_ATTEMPTS)

    def _stuck(self) -> Any:
        return and_(self._free(), self._table.c.attempts >= MOST_ATTEMPTS)

    def _free(self, moment: Any = None) -> Any:
        table, now = self._table, self.clock.now() if moment is None else moment
        waits = and_(table.c.state == QUEUED, table.c.next_at <= now)
        left = and_(table.c.state == RUNNING, table.c.lease_until <= now)
        return or_(waits, left)

    def _write(self, tx: Transaction, operation: StoredOperation, values: Mapping[str, Any]) -> bool:
        table = self._table
        mine = (table.c.id == operation.id) & (table.c.claim == operation.claim) & (table.c.state == RUNNING)
        row = tx.connection.execute(
            update(table).where(mine).values(dict(values)).returning(table.c.cancel_at)
        ).first()
        if row is None:
            raise ClaimLostError(f"Operation {operation.id} belongs to another worker by now.")
        return row.cancel_at is not None


def _stored(row: Row[Any]) -> StoredOperation:
    return StoredOperation(**row._mapping)
