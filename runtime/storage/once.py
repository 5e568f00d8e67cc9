"""Which records a workflow has run for: one that runs once asks it before it begins."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from runtime.storage.runtime_tables import runtime_tables

AT_ONCE = 400
"""How many records one statement names."""


def claim_once(connection: Connection, workflow: str, ids: Iterable[int]) -> set[int]:
    """Of these records, those for which a workflow has never run: it has now, if the transaction lands."""
    table, wanted = runtime_tables().once, list(ids)
    add: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    found: set[int] = set()
    for start in range(0, len(wanted), AT_ONCE):
        rows = [{"workflow": workflow, "record_id": each} for each in wanted[start : start + AT_ONCE]]
        statement = add(table).values(rows).on_conflict_do_nothing().returning(table.c.record_id)
        found.update(connection.execute(statement).scalars())
    return found


def forget_once(connection: Connection, workflow: str, record_id: int) -> None:
    """Let a workflow that runs once run for a record again."""
    table = runtime_tables().once
    mine = (table.c.workflow == workflow) & (table.c.record_id == record_id)
    connection.execute(delete(table).where(mine))


def has_run(connection: Connection, workflow: str, record_id: int) -> bool:
    """Whether a workflow that runs once has run for a record."""
    table = runtime_tables().once
    mine = (table.c.workflow == workflow) & (table.c.record_id == record_id)
    return connection.execute(select(table.c.record_id).where(mine)).first() is not None


def has_run_before(
    connection: Connection, workflow: str, ids: Iterable[int], moment: datetime
) -> frozenset[int]:
    """Of these records, those that a workflow had runs for before a moment, as far as runs are kept."""
    table, wanted = runtime_tables().runs, list(ids)
    found: set[int] = set()
    for place in range(0, len(wanted), AT_ONCE):
        mine = (table.c.workflow == workflow) & table.c.record_id.in_(wanted[place : place + AT_ONCE])
        earlier = select(table.c.record_id).where(mine, table.c.created_at < moment).distinct()
        found.update(connection.execute(earlier).scalars())
    return frozenset(found)
