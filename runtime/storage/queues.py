"""Queues: how much waits in each, for how long already, and what was given up, in one statement each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, func, or_, select

from runtime.storage import mails, operations, runs, webhooks
from runtime.storage.runtime_tables import runtime_tables


@dataclass(frozen=True, slots=True)
class QueueState:
    """One queue at one moment. What is ``due`` could have begun: the oldest of it since ``since``; what is
    ``later`` waits for its time, what is ``running`` a worker has, what has ``failed`` waits for somebody.
    """

    name: str
    due: int
    since: datetime | None
    later: int
    running: int
    failed: int

    def seconds(self, now: datetime) -> float:
        """For how long the oldest of what is due has waited; 0 where nothing is."""
        return 0.0 if self.since is None else max(0.0, (now - self.since).total_seconds())


def queue_states(connection: Connection, now: datetime) -> Iterator[QueueState]:
    """Every queue of a site."""
    tables = runtime_tables()
    yield _state(connection, now, "operations", tables.operations, operations.QUEUED, operations.RUNNING)
    yield _state(connection, now, "runs", tables.runs, runs.QUEUED, runs.RUNNING)
    yield _state(connection, now, "webhooks", tables.deliveries, webhooks.WAITING, webhooks.CALLING)
    yield _state(connection, now, "mails", tables.mails, mails.WAITING, mails.SENDING)


def _state(
    connection: Connection, now: datetime, name: str, table: Table, waiting: str, running: str
) -> QueueState:
    # By the index over state and time alone: what has ended is never looked at.
    state, at, failed = table.c.state, table.c.next_at, runs.FAILED
    is_due = (state == waiting) & (at <= now)
    found = select(
        func.count().filter(is_due),
        func.min(at).filter(is_due),
        func.count().filter((state == waiting) & (at > now)),
        func.count().filter(state == running),
        func.count().filter(state == failed),
    ).where(or_(state == waiting, state == running, state == failed))
    due, since, later, busy, given_up = connection.execute(found).one()
    return QueueState(name, due, since, later, busy, given_up)
