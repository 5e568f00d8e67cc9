"""Sharing one record by hand: with a user or a group, to be read or to be changed, and taken back.

The judge asks the rows that are written here (:class:`runtime.expressions.tree.Shared`). Whoever may change a
record may share it, and no profile gets wider by it: what a role has no right to, nobody can share.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, delete, insert, select

from runtime.identity.actor import Actor
from runtime.identity.security_log import Who, note
from runtime.storage.runtime_tables import runtime_tables

MOST = 100
"""With so many a record is shared by hand at most: more of them are a rule of the configuration."""
LEVELS = ("read", "write")


@dataclass(frozen=True, slots=True)
class Share:
    """With whom a record is shared; ``with_module`` is ``users`` or ``groups``."""

    id: int
    with_module: str
    with_id: int
    level: str
    by_id: int | None
    at: datetime


class FullError(Exception):
    """A record is shared with as many as may be already."""


def shares_of(connection: Connection, record_id: int) -> list[Share]:
    """With whom a record is shared by hand, the first of them first."""
    table = _table()
    rows = connection.execute(
        select(table).where(table.c.record_id == record_id).order_by(table.c.id).limit(MOST)
    )
    return [
        Share(
            row.id,
            "users" if row.group_id is None else "groups",
            row.user_id if row.group_id is None else row.group_id,
            row.level,
            row.by_id,
            row.at,
        )
        for row in rows
    ]


def share(
    connection: Connection,
    now: datetime,
    actor: Actor,
    place: tuple[str, int],
    whom: tuple[str, int],
    level: str,
) -> None:
    """Share a record (its module and id) with a user or a group; whoever has it already gets this level
    instead. Noted in the security log. Raises :class:`FullError`.
    """
    table, (module, record_id) = _table(), place
    column = "group_id" if whom[0] == "groups" else "user_id"
    connection.execute(delete(table).where(table.c.record_id == record_id, table.c[column] == whom[1]))
    if len(shares_of(connection, record_id)) >= MOST:
        raise FullError
    values = {"record_id": record_id, column: whom[1], "level": level, "by_id": actor.user_id, "at": now}
    connection.execute(insert(table).values(values))
    about, to = f"{module}/{record_id}", f"{whom[0]}/{whom[1]}"
    note(connection, now, "shared", Who.of(actor), about=about, to=to, level=level)


def unshare(
    connection: Connection, now: datetime, actor: Actor, place: tuple[str, int], share_id: int
) -> Share | None:
    """Take a share back and give it; None when the record has none of this id. Noted in the security log."""
    table, (module, record_id) = _table(), place
    mine = next((each for each in shares_of(connection, record_id) if each.id == share_id), None)
    if mine is None:
        return None
    connection.execute(delete(table).where(table.c.id == share_id))
    about, to = f"{module}/{record_id}", f"{mine.with_module}/{mine.with_id}"
    note(connection, now, "unshared", Who.of(actor), about=about, to=to)
    return mine


def _table() -> Table:
    return runtime_tables().shares
