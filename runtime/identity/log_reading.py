"""Reading the security log: its latest entries, of one kind, one user or one time, a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from runtime.storage.runtime_tables import runtime_tables


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. ``before`` is the id of the entry that the page before ended with."""

    kind: str = ""
    user_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened. ``number`` is None as long as it has no place in the chain."""

    id: int
    number: int | None
    at: datetime
    kind: str
    user_id: int | None
    by_id: int | None
    who: str
    address: str
    about: str
    data: Mapping[str, Any]


def latest(connection: Connection, wanted: Wanted, limit: int) -> list[Entry]:
    """The newest entries first. ``until`` itself is not among them."""
    c = runtime_tables().security_log.c
    shown = (c.id, c.number, c.at, c.kind, c.user_id, c.by_id, c.who, c.address, c.about, c.data)
    query = select(*shown).order_by(c.id.desc()).limit(limit)
    if wanted.kind:
        query = query.where(c.kind == wanted.kind)
    if wanted.user_id is not None:
        query = query.where(or_(c.user_id == wanted.user_id, c.by_id == wanted.user_id))
    if wanted.since is not None:
        query = query.where(c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(c.at < wanted.until)
    if wanted.before is not None:
        query = query.where(c.id < wanted.before)
    return [Entry(*tuple(row)) for row in connection.execute(query)]
