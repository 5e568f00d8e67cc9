"""Mail as rows: what is to be sent, claimed for a while by whoever sends it, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from runtime.base.clock import Clock
from runtime.storage.leased import free
from runtime.storage.runtime_tables import runtime_tables
from runtime.storage.site_settings import read_setting, write_setting
from runtime.storage.transaction import Transaction

WAITING, SENDING, HELD, SENT, FAILED, LATE = "waiting", "sending", "held", "sent", "failed", "late"
CANCELLED, UNWANTED = "cancelled", "unwanted"
ENDED = (SENT, FAILED, LATE, CANCELLED, UNWANTED)
REPEATABLE = (FAILED, CANCELLED)
"""How a mail has ended whose content is kept, so that it may be sent all the same."""

SETTING = "mail"
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
MOST_TRIES = 12
"""Tries over some six hours; then it is given up."""
MINUTE = timedelta(minutes=1)
PACE = "mail:"
"""Begins the keys of the counters that say how many mails a minute has seen."""


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A mail as it stands; ``content`` is sealed, and gone once it was sent."""

    id: int
    key: str
    message_id: str
    kind: str
    recipient: str
    subject: str
    content: str | None
    sender: str | None
    opt_out: Mapping[str, Any] | None
    state: str
    tries: int
    worker: str | None
    lease_until: datetime | None
    next_at: datetime
    until: datetime | None
    error: str | None
    created_at: datetime
    ended_at: datetime | None


class Mails:
    """Reads and writes the rows."""

    def __init__(self, clock: Clock) -> None:
        self._table = runtime_tables().mails
        self.clock = clock

    def is_held(self, connection: Connection) -> bool:
        """Whether the site sends nothing for the moment."""
        return bool(read_setting(connection, SETTING).get("held"))

    def hold_all(self, tx: Transaction, by: int | None, *, held: bool) -> None:
        """Keep whether the site sends nothing for the moment."""
        kept = {**read_setting(tx.connection, SETTING), "held": held}
        write_setting(tx.connection, SETTING, kept, self.clock.now(), by)

    def pace(self, connection: Connection) -> int:
        """How many mails leave in a minute at most; 0 where nobody has said."""
        return int(read_setting(connection, SETTING).get("per_minute") or 0)

    def set_pace(self, tx: Transaction, by: int | None, per_minute: int) -> None:
        """Keep how many mails leave in a minute at most; 0: as many as the server takes."""
        kept = {**read_setting(tx.connection, SETTING), "per_minute": per_minute}
        write_setting(tx.connection, SETTING, kept, self.clock.now(), by)

    def is_beyond(self, tx: Transaction, mail: StoredMail) -> bool:
        """Count a mail that is about to leave; where this minute has seen enough, it waits for the next."""
        most = self.pace(tx.connection)
        if not most:
            return False
        counters = runtime_tables().counters
        now = self.clock.now()
        begun = now.replace(second=0, microsecond=0)
        key = f"{PACE}{begun:%Y-%m-%dT%H:%M}"
        add: Any = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
        count = (
            add(counters)
            .values(key=key, value=1)
            .on_conflict_do_update(index_elements=["key"], set_={"value": counters.c.value + 1})
            .returning(counters.c.value)
        )
        seen = tx.connection.execute(count).scalar_one()
        if seen == 1:
            old = counters.c.key.startswith(PACE, autoescape=True) & (counters.c.key < key)
            tx.connection.execute(delete(counters).where(old))
        if seen <= most:
            return False
        values = {"state": WAITING, "lease_until": None, "next_at": begun + MINUTE, "tries": mail.tries - 1}
        self._write(tx, mail.id, values)
        return True

    def add(self, tx: Transaction, values: Sequence[dict[str, Any]]) -> None:
        """Add mails, in the transaction that gives the cause for them; one whose key is there already is the
        same mail, and is not sent twice.
        """
        now, table = self.clock.now(), self._table
        keys = [value["key"] for value in values]
        there = set(tx.connection.execute(select(table.c.key).where(table.c.key.in_(keys))).scalars())
        rows = [
            {**value, "state": WAITING, "tries": 0, "next_at": now, "created_at": now}
            for value in values
            if value["key"] not in there
        ]
        if rows:
            tx.connection.execute(insert(table), rows)

    def has(self, connection: Connection, key: str) -> bool:
        """Whether there is a mail of a key."""
        query = select(self._table.c.id).where(self._table.c.key == key).limit(1)
        return connection.execute(query).first() is not None

    def find(self, connection: Connection, ids: Sequence[int]) -> list[StoredMail]:
        """The mails of these ids, in their order."""
        query = select(self._table).where(self._table.c.id.in_(ids)).order_by(self._table.c.id)
        return [_stored(row) for row in connection.execute(query)]

    def latest(
        self, connection: Connection, limit: int, before: int | None = None, state: str = "", to: str = ""
    ) -> list[StoredMail]:
        """The newest mails, in a state or to an address where these are named; ``before`` is the id that the
        last page ended with.
        """
        table = self._table
        query = select(table).order_by(table.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(table.c.id < before)
        if state:
            query = query.where(table.c.state == state)
        if to:
            query = query.where(table.c.recipient == to)
        return [_stored(row) for row in connection.execute(query)]

    def counts(self, connection: Connection) -> Mapping[str, int]:
        """How many mails are in which state."""
        table = self._table
        query = select(table.c.state, func.count()).group_by(table.c.state)
        return {str(state): int(count) for state, count in connection.execute(query)}

    def due(self, connection: Connection, ids: Sequence[int]) -> list[int]:
        """Those of these ids whose time it is, the oldest first."""
        table, now = self._table, self.clock.now()
        is_due = ((table.c.state == WAITING) & (table.c.next_at <= now)) | (
            (table.c.state == SENDING) & (table.c.lease_until <= now)
        )
        query = select(table.c.id).where(table.c.id.in_(ids), is_due).order_by(table.c.id)
        return list(connection.execute(query).scalars())

    def claim(self, tx: Transaction, mail_id: int, worker: str, lease: timedelta) -> StoredMail | None:
        """Take a mail to send it, for a while; None when it is not its time, or somebody else has it."""
        table, now = self._table, self.clock.now()
        left = (table.c.state == SENDING) & (table.c.lease_until <= now)
        mine = (table.c.id == mail_id) & or_((table.c.state == WAITING) & (table.c.next_at <= now), left)
        row = tx.connection.execute(
            update(table)
            .where(mine)
            .values(state=SENDING, tries=table.c.tries + 1, worker=worker, lease_until=now + lease)
            .returning(*table.c)
        ).first()
        return _stored(row) if row is not None else None

    def free(self, tx: Transaction, worker: str) -> int:
        """Let those be sent that a worker had who is known to be dead; says how many there were."""
        return free(tx, self._table, worker, self.clock.now(), SENDING)

    def sent(self, tx: Transaction, mail: StoredMail) -> None:
        """The server has it: the content is forgotten."""
        self._end(tx, mail, SENT, None)

    def unwanted(self, tx: Transaction, mail: StoredMail) -> None:
        """Whom it is for wants no such letters."""
        self._end(tx, mail, UNWANTED, None)

    def cancel(self, tx: Transaction, mail_id: int) -> bool:
        """Let a mail that has not left stay; says whether there was one."""
        table = self._table
        mine = (table.c.id == mail_id) & table.c.state.in_((WAITING, HELD))
        values = {"state": CANCELLED, "ended_at": self.clock.now()}
        return bool(tx.connection.execute(update(table).where(mine).values(values)).rowcount)

    def late(self, tx: Transaction, mail: StoredMail) -> None:
        """It would come too late to be of use."""
        self._end(tx, mail, LATE, None)

    def failed(self, tx: Transaction, mail: StoredMail, error: str, *, for_good: bool) -> None:
        """It could not be sent: it is tried again after a pause, unless that is of no use any more."""
        if for_good or mail.tries >= MOST_TRIES:
            self._end(tx, mail, FAILED, error)
            return
        pause = min(FIRST_PAUSE * 2 ** (mail.tries - 1), LONGEST_PAUSE)
        values = {"state": WAITING, "lease_until": None, "next_at": self.clock.now() + pause}
        self._write(tx, mail.id, {**values, "error": error[:500]})

    def hold(self, tx: Transaction, mail: StoredMail) -> None:
        """The site sends nothing for the moment."""
        self._write(tx, mail.id, {"state": HELD, "lease_until": None, "tries": max(mail.tries - 1, 0)})

    def release(self, tx: Transaction, limit: int = 10_000) -> list[int]:
        """Let what was held wait to be sent again; gives the ids."""
        return self._again(tx, select(self._table.c.id).where(self._table.c.state == HELD).limit(limit))

    def retry(self, tx: Transaction, mail_id: int) -> list[int]:
        """Send a mail that was given up or cancelled and whose content is still there."""
        table = self._table
        mine = (table.c.id == mail_id) & table.c.state.in_(REPEATABLE) & table.c.content.is_not(None)
        return self._again(tx, select(table.c.id).where(mine))

    def waiting(self, connection: Connection, ids: Sequence[int]) -> datetime | None:
        """When the next of these is to be tried; None when all have ended or are held."""
        table = self._table
        open_ones = select(table.c.state, table.c.next_at, table.c.lease_until).where(
            table.c.id.in_(ids), table.c.state.in_((WAITING, SENDING))
        )
        moments = [
            row.next_at if row.state == WAITING else row.lease_until for row in connection.execute(open_ones)
        ]
        return min(moments, default=None)

    def prune(self, tx: Transaction, before: datetime) -> int:
        """Forget what ended before a moment; says how many there were."""
        table = self._table
        old = table.c.state.in_(ENDED) & (table.c.ended_at < before)
        return tx.connection.execute(delete(table).where(old)).rowcount

    def _again(self, tx: Transaction, which: Any) -> list[int]:
        ids = list(tx.connection.execute(which).scalars())
        if ids:
            values = {"state": WAITING, "next_at": self.clock.now(), "ended_at": None, "tries": 0}
            tx.connection.execute(update(self._table).where(self._table.c.id.in_(ids)).values(values))
        return ids

    def _end(self, tx: Transaction, mail: StoredMail, state: str, error: str | None) -> None:
        values: dict[str, Any] = {"state": state, "lease_until": None, "ended_at": self.clock.now()}
        if state not in REPEATABLE:
            values["content"] = None
        self._write(tx, mail.id, {**values, "error": error[:500] if error else None})

    def _write(self, tx: Transaction, mail_id: int, values: dict[str, Any]) -> None:
        tx.connection.execute(update(self._table).where(self._table.c.id == mail_id).values(values))


def _stored(row: Row[Any]) -> StoredMail:
    return StoredMail(**row._mapping)
