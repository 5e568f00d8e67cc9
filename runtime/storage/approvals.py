"""Approvals in the database: who is asked, what was decided, and who decides for whom meanwhile."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from runtime.base.clock import Clock
from runtime.storage.runs import OPEN
from runtime.storage.runtime_tables import runtime_tables
from runtime.storage.transaction import Transaction

PENDING, APPROVED, REJECTED = "pending", "approved", "rejected"
ESCALATED = "escalate"


@dataclass(frozen=True, slots=True)
class Request:
    """One time that people were asked, with its run's procedure and record."""

    id: int
    run_id: int
    state: str
    asked_at: datetime
    until: datetime | None
    decided_at: datetime | None
    decided_by: int | None
    comment: str | None
    workflow: str
    module: str
    record_id: int
    run_state: str
    caused_by: int | None

    @property
    def is_pending(self) -> bool:
        """Whether it is still to be decided: its run waits for it."""
        return self.state == PENDING and self.run_state in OPEN


@dataclass(frozen=True, slots=True)
class Delegation:
    """Who decides for a user, on which days."""

    user_id: int
    to_id: int
    first: date
    last: date


class Approvals:
    """Reads and writes the rows."""

    def __init__(self, clock: Clock) -> None:
        tables = runtime_tables()
        self._requests = tables.approvals
        self._people = tables.approvers
        self._delegations = tables.delegations
        self._runs = tables.runs
        self._clock = clock

    # By runs

    def ask(self, tx: Transaction, run_id: int, people: Sequence[int], until: datetime | None) -> int:
        """Ask users."""
        number = tx.allocate_ids(1)[0]
        values = {"id": number, "run_id": run_id, "state": PENDING, "asked_at": self._clock.now()}
        tx.connection.execute(insert(self._requests).values(until=until, **values))
        rows = [{"request_id": number, "user_id": each} for each in dict.fromkeys(people)]
        tx.connection.execute(insert(self._people), rows)
        return number

    def held(self, tx: Transaction, number: int) -> Request | None:
        """The request of a number, which nobody decides until the transaction has landed: what it goes by
        holds then, and who decides behind it finds the run asleep, and wakes it.
        """
        query = self._joined().where(self._requests.c.id == number).with_for_update(of=self._requests)
        row = tx.connection.execute(query).first()
        return Request(**row._mapping) if row is not None else None

    def close(self, tx: Transaction, number: int, state: str) -> None:
        """Nobody has decided in time."""
        mine = (self._requests.c.id == number) & (self._requests.c.state == PENDING)
        values = {"state": state, "decided_at": self._clock.now()}
        tx.connection.execute(update(self._requests).where(mine).values(values))

    def latest_of(self, connection: Connection, run_id: int) -> Request | None:
        """The last time that a run has asked."""
        query = self._joined().where(self._requests.c.run_id == run_id)
        row = connection.execute(query.order_by(self._requests.c.id.desc()).limit(1)).first()
        return Request(**row._mapping) if row is not None else None

    # By people

    def find(self, connection: Connection, number: int) -> Request | None:
        """The request of a number."""
        row = connection.execute(self._joined().where(self._requests.c.id == number)).first()
        return Request(**row._mapping) if row is not None else None

    def people(self, connection: Connection, number: int) -> list[int]:
        """The users who were asked."""
        query = select(self._people.c.user_id).where(self._people.c.request_id == number)
        return list(connection.execute(query.order_by(self._people.c.user_id)).scalars())

    def queue(self, connection: Connection, user_id: int, today: date, limit: int) -> list[Request]:
        """What waits for a user, or for somebody for whom they decide, the oldest first."""
        mine = self._people.c.user_id.in_([user_id, *self.deciding_for(connection, user_id, today)])
        asked = select(self._people.c.request_id).where(mine)
        query = self._joined().where(
            self._requests.c.id.in_(asked), self._requests.c.state == PENDING, self._runs.c.state.in_(OPEN)
        )
        rows = connection.execute(query.order_by(self._requests.c.id).limit(limit))
        return [Request(**row._mapping) for row in rows]

    def waiting(self, connection: Connection) -> dict[str, int]:
        """How many requests are to be decided, by the procedures that ask them."""
        runs, requests = self._runs, self._requests
        query = (
            select(runs.c.workflow, func.count())
            .join(requests, requests.c.run_id == runs.c.id)
            .where(requests.c.state == PENDING, runs.c.state.in_(OPEN))
            .group_by(runs.c.workflow)
        )
        return {workflow: int(count) for workflow, count in connection.execute(query)}

    def may_decide(self, connection: Connection, request: Request, user_id: int, today: date) -> bool:
        """Whether a user is one of those who were asked, or decides for one."""
        asked = set(self.people(connection, request.id))
        return not asked.isdisjoint({user_id, *self.deciding_for(connection, user_id, today)})

    def decide(self, tx: Transaction, request: Request, state: str, user_id: int, comment: str) -> bool:
        """Decide it and wake its run; False where somebody was faster."""
        table, now = self._requests, self._clock.now()
        mine = (table.c.id == request.id) & (table.c.state == PENDING)
        values = {"state": state, "decided_at": now, "decided_by": user_id, "comment": comment or None}
        if not tx.connection.execute(update(table).where(mine).values(values)).rowcount:
            return False
        waits = (self._runs.c.id == request.run_id) & (self._runs.c.state == "queued")
        tx.connection.execute(update(self._runs).where(waits).values(next_at=now))
        return True

    def of_record(self, connection: Connection, workflows: Collection[str], record_id: int) -> list[Request]:
        """What was asked about a record, the newest first."""
        query = self._joined().where(
            self._runs.c.record_id == record_id, self._runs.c.workflow.in_(sorted(workflows))
        )
        rows = connection.execute(query.order_by(self._requests.c.id.desc()).limit(50))
        return [Request(**row._mapping) for row in rows]

    # Who decides for whom

    def deciding_for(self, connection: Connection, user_id: int, today: date) -> list[int]:
        """The users for whom a user decides today."""
        table = self._delegations
        query = select(table.c.user_id).where(
            table.c.to_id == user_id, table.c.first <= today, table.c.last >= today
        )
        return list(connection.execute(query).scalars())

    def deciding_instead(self, connection: Connection, user_id: int, today: date) -> list[int]:
        """The users who decide for a user today."""
        table = self._delegations
        query = select(table.c.to_id).where(
            table.c.user_id == user_id, table.c.first <= today, table.c.last >= today
        )
        return list(connection.execute(query).scalars())

    def delegation(self, connection: Connection, user_id: int) -> Delegation | None:
        """Who decides for a user."""
        table = self._delegations
        row = connection.execute(select(table).where(table.c.user_id == user_id)).first()
        return Delegation(**row._mapping) if row is not None else None

    def delegate(self, tx: Transaction, user_id: int, given: Delegation | None) -> None:
        """Let somebody decide for a user, or nobody any more."""
        tx.connection.execute(delete(self._delegations).where(self._delegations.c.user_id == user_id))
        if given is not None:
            values = {"user_id": user_id, "to_id": given.to_id, "first": given.first, "last": given.last}
            tx.connection.execute(insert(self._delegations).values(values))

    def _joined(self) -> Any:
        runs = self._runs
        return select(
            self._requests,
            runs.c.workflow,
            runs.c.module,
            runs.c.record_id,
            runs.c.state.label("run_state"),
            runs.c.user_id.label("caused_by"),
        ).join(runs, runs.c.id == self._requests.c.run_id)


def pending_runs(
    connection: Connection, workflows: Collection[str], ids: Collection[int]
) -> list[tuple[int, int, str]]:
    """The open runs of procedures about records: the record, the run, the procedure."""
    table = runtime_tables().runs
    query = select(table.c.record_id, table.c.id, table.c.workflow).where(
        table.c.record_id.in_(sorted(ids)), table.c.workflow.in_(sorted(workflows)), table.c.state.in_(OPEN)
    )
    return [(record, run, workflow) for record, run, workflow in connection.execute(query)]
