"""Webhooks as rows: whom the CRM calls of which changes, and each call with what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, insert, or_, select, update

from runtime.base.clock import Clock
from runtime.storage.leased import free
from runtime.storage.prepared import Kept
from runtime.storage.runtime_tables import runtime_tables
from runtime.storage.transaction import Transaction

WAITING, CALLING, DELIVERED, FAILED = "waiting", "calling", "delivered", "failed"
EVENTS = ("created", "updated", "deleted", "restored")
TEST = "test"
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Between the tries: three days and a bit; then it is given up."""
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Webhook:
    """Whom the CRM calls, and of what. ``modules`` are tables: none means all; ``secret`` is sealed."""

    id: int
    name: str
    url: str
    secret: str
    modules: Sequence[str]
    events: Sequence[str]
    user_id: int
    active: bool
    off_because: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One call. The other side knows it by ``id``, at each try the same."""

    id: int
    webhook_id: int
    key: str
    event: str
    record_id: int | None
    body: str
    state: str
    tries: int
    status: int | None
    error: str | None
    worker: str | None
    lease_until: datetime | None
    next_at: datetime
    created_at: datetime
    ended_at: datetime | None


class Webhooks:
    """Reads and writes the rows."""

    def __init__(self, clock: Clock) -> None:
        self._hooks = runtime_tables().webhooks
        self._calls = runtime_tables().deliveries
        self._prepared = Kept()
        self.clock = clock

    # Webhooks

    def all(self, connection: Connection, *, active: bool = False) -> list[Webhook]:
        """Every webhook, the oldest first; or those that are switched on."""
        query = select(self._hooks).order_by(self._hooks.c.id)
        if active:
            query = query.where(self._hooks.c.active.is_(True))
        return [_webhook(row) for row in connection.execute(query)]

    def find(self, connection: Connection, webhook_id: int) -> Webhook | None:
        """The webhook of an id."""
        row = connection.execute(select(self._hooks).where(self._hooks.c.id == webhook_id)).first()
        return _webhook(row) if row is not None else None

    def add(self, tx: Transaction, values: dict[str, Any]) -> int:
        """Add a webhook, switched on; gives its id."""
        (webhook_id,) = tx.allocate_ids(1)
        made = {**values, "id": webhook_id, "active": True, "created_at": self.clock.now()}
        tx.connection.execute(insert(self._hooks).values(made))
        return webhook_id

    def change(self, tx: Transaction, webhook_id: int, **values: Any) -> None:
        """Write something else of one."""
        tx.connection.execute(update(self._hooks).where(self._hooks.c.id == webhook_id).values(values))

    def remove(self, tx: Transaction, webhook_id: int) -> None:
        """Forget one, with its calls."""
        tx.connection.execute(delete(self._calls).where(self._calls.c.webhook_id == webhook_id))
        tx.connection.execute(delete(self._hooks).where(self._hooks.c.id == webhook_id))

    # Calls

    def put(self, tx: Transaction, calls: Sequence[dict[str, Any]]) -> None:
        """Have calls made: each with its ``webhook_id``, ``key``, ``event``, ``record_id`` and ``body``."""
        now = self.clock.now()
        for start in range(0, len(calls), AT_ONCE):
            some = calls[start : start + AT_ONCE]
            rows = [
                {**call, "id": number, "state": WAITING, "tries": 0, "next_at": now, "created_at": now}
                for number, call in zip(tx.allocate_ids(len(some)), some, strict=True)
            ]
            tx.connection.execute(insert(self._calls), rows)

    def has_due(self, connection: Connection) -> bool:
        """Whether a call waits for its time no longer: a cheap look."""
        look = self._prepared.select("due", connection, self._looking)
        return bool(look.run(connection, {"now": self.clock.now()}))

    def claim(self, tx: Transaction, worker: str, lease: timedelta) -> Delivery | None:
        """Take the call that has waited longest, for a while."""
        calls = self._calls
        query = select(calls.c.id).where(self._is_due()).order_by(calls.c.next_at, calls.c.id).limit(1)
        number = tx.connection.execute(query.with_for_update(skip_locked=True)).scalar()
        if number is None:
            return None
        taken = {"state": CALLING, "worker": worker, "lease_until": self.clock.now() + lease}
        row = tx.connection.execute(
            update(calls)
            .where(calls.c.id == number, self._is_due())
            .values(tries=calls.c.tries + 1, **taken)
            .returning(*calls.c)
        ).first()
        return _delivery(row) if row is not None else None

    def free(self, tx: Transaction, worker: str) -> int:
        """Let those be made that a worker had who is known to be dead; says how many there were."""
        return free(tx, self._calls, worker, self.clock.now(), CALLING)

    def delivered(self, tx: Transaction, call: Delivery, status: int) -> None:
        """The other side has taken it."""
        values = {"state": DELIVERED, "status": status, "error": None, "ended_at": self.clock.now()}
        self._write(tx, call.id, {**values, "lease_until": None})

    def failed(self, tx: Transaction, call: Delivery, status: int | None, error: str) -> bool:
        """It was of no use: it is made again after a pause, with what else waits for that webhook behind it.
        True where it is given up.
        """
        values: dict[str, Any] = {"status": status, "error": error[:500], "lease_until": None}
        now = self.clock.now()
        if call.tries > len(PAUSES):
            self._write(tx, call.id, {**values, "state": FAILED, "ended_at": now})
            return True
        pause = PAUSES[call.tries - 1]
        self._write(tx, call.id, {**values, "state": WAITING, "next_at": now + pause})
        soon, calls = now + PAUSES[0], self._calls
        others = (
            (calls.c.webhook_id == call.webhook_id) & (calls.c.state == WAITING) & (calls.c.next_at < soon)
        )
        tx.connection.execute(update(calls).where(others).values(next_at=soon))
        return False

    def again(self, tx: Transaction, call_id: int) -> bool:
        """Make a call again that was made or given up, under the same id; says whether there was one."""
        calls = self._calls
        mine = (calls.c.id == call_id) & calls.c.state.in_((DELIVERED, FAILED, WAITING))
        values = {"state": WAITING, "tries": 0, "next_at": self.clock.now(), "ended_at": None}
        return bool(tx.connection.execute(update(calls).where(mine).values(values)).rowcount)

    def give_up(self, tx: Transaction, webhook_id: int, why: str) -> None:
        """Make none of the calls that wait for a webhook."""
        calls = self._calls
        mine = (calls.c.webhook_id == webhook_id) & calls.c.state.in_((WAITING, CALLING))
        values = {"state": FAILED, "error": why, "ended_at": self.clock.now(), "lease_until": None}
        tx.connection.execute(update(calls).where(mine).values(values))

    def latest(
        self, connection: Connection, webhook_id: int, limit: int, before: int | None = None, state: str = ""
    ) -> list[Delivery]:
        """A webhook's newest calls; ``before`` is the id that the last page ended with."""
        calls = self._calls
        query = select(calls).where(calls.c.webhook_id == webhook_id).order_by(calls.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(calls.c.id < before)
        if state:
            query = query.where(calls.c.state == state)
        return [_delivery(row) for row in connection.execute(query)]

    def find_call(self, connection: Connection, call_id: int) -> Delivery | None:
        """The call of an id."""
        row = connection.execute(select(self._calls).where(self._calls.c.id == call_id)).first()
        return _delivery(row) if row is not None else None

    def prune(self, tx: Transaction, before: datetime) -> int:
        """Forget calls that ended before a moment; says how many there were."""
        old = self._calls.c.state.in_((DELIVERED, FAILED)) & (self._calls.c.ended_at < before)
        return tx.connection.execute(delete(self._calls).where(old)).rowcount

    def _looking(self) -> Select[Any]:
        now = bindparam("now", required=False, type_=self._calls.c.next_at.type)
        return select(self._calls.c.id).where(self._is_due(now)).limit(1)

    def _is_due(self, moment: Any = None) -> Any:
        calls, now = self._calls, self.clock.now() if moment is None else moment
        left = (calls.c.state == CALLING) & (calls.c.lease_until <= now)
        return or_((calls.c.state == WAITING) & (calls.c.next_at <= now), left)

    def _write(self, tx: Transaction, call_id: int, values: dict[str, Any]) -> None:
        tx.connection.execute(update(self._calls).where(self._calls.c.id == call_id).values(values))


def _webhook(row: Row[Any]) -> Webhook:
    return Webhook(**row._mapping)


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(**row._mapping)
