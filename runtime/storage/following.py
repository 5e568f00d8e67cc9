"""The outbox as those read it who follow what is saved: each row once, soon after its save has landed.

Rows are taken by the mark ``done``, and looked for behind a floor: an id before which all are taken or too
old. A save's row may land a little after later ones, so the floor stays some minutes behind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from runtime.base.clock import Clock
from runtime.storage.runtime_tables import runtime_tables
from runtime.storage.site_settings import read_setting, write_setting
from runtime.storage.transaction import Transaction

SETTING = "followed"
BEHIND = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Saved:
    """What one save has done in one module: the records by what happened to them."""

    id: int
    module: str
    records: Mapping[str, Sequence[int]]
    change_set: int
    at: datetime


class Followed:
    """Reads the rows, and marks them."""

    def __init__(self, clock: Clock) -> None:
        self._table = runtime_tables().outbox
        self._clock = clock

    def floor(self, connection: Connection) -> int | None:
        """The floor that was kept; None where nobody has followed yet."""
        kept = read_setting(connection, SETTING).get("floor")
        return int(kept) if kept is not None else None

    def keep_floor(self, tx: Transaction, floor: int) -> None:
        """Keep it for whoever follows next."""
        write_setting(tx.connection, SETTING, {"floor": floor}, self._clock.now(), None)

    def settled(self, connection: Connection) -> int:
        """The newest row behind which none lands any more."""
        table = self._table
        before = table.c.created_at < self._clock.now() - BEHIND
        query = select(table.c.id).where(before).order_by(table.c.id.desc()).limit(1)
        return int(connection.execute(query).scalar() or 0)

    def fresh(self, connection: Connection, floor: int, limit: int) -> list[Saved]:
        """Rows that nobody has taken, the oldest first."""
        table = self._table
        mine = (table.c.id > floor) & table.c.done.is_(False) & table.c.change_set_id.is_not(None)
        query = select(table.c.id, table.c.module, table.c.records, table.c.change_set_id, table.c.created_at)
        rows = connection.execute(query.where(mine).order_by(table.c.id).limit(limit))
        return [Saved(*row) for row in rows]

    def take(self, tx: Transaction, rows: Sequence[Saved]) -> list[Saved]:
        """Take rows; those that somebody else has taken meanwhile are left out."""
        table = self._table
        mine = table.c.id.in_([row.id for row in rows]) & table.c.done.is_(False)
        taken = tx.connection.execute(update(table).where(mine).values(done=True).returning(table.c.id))
        ids = set(taken.scalars())
        return [row for row in rows if row.id in ids]


def author_of(connection: Connection, change_set: int) -> int | None:
    """Who has made a save; None where that was no person."""
    sets = runtime_tables().change_sets
    found: int | None = connection.execute(select(sets.c.user_id).where(sets.c.id == change_set)).scalar()
    return found


def last_change(connection: Connection) -> int | None:
    """The newest save that has changed anything."""
    found: int | None = connection.execute(select(func.max(runtime_tables().change_sets.c.id))).scalar()
    return found


def written_in(
    connection: Connection, change_set: int, ids: Sequence[int]
) -> dict[int, Mapping[str, object]]:
    """What a save has written into each of these records that were there before."""
    log = runtime_tables().change_log
    query = select(log.c.record_id, log.c.new).where(
        log.c.change_set_id == change_set, log.c.record_id.in_(ids), log.c.action == "updated"
    )
    return {number: new or {} for number, new in connection.execute(query)}
