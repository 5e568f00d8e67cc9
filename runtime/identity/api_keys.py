"""API keys: what a program shows instead of signing in. A key is printed once, and kept as a hash alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, insert, select, update

from runtime.base.clock import Clock
from runtime.identity.tables import IdentityTables
from runtime.identity.tokens import fingerprint, new_token

PREFIX = "trl_"
"""What every key begins with, so that a scanner of leaked secrets knows one."""

SHOWN = 8
"""How many characters of a key are kept in clear, so that people tell their keys apart."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it may be shown: its label and how it begins, never the key. ``stale`` says: touch it."""

    id: int
    user_id: int
    label: str
    begins: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    stale: bool


class ApiKeys:
    """Makes, shows and revokes keys, in the caller's transaction.

    Whose key it is that a program shows: :meth:`runtime.identity.visitors.Visitors.of_key`.
    """

    def __init__(self, tables: IdentityTables, clock: Clock, touch: timedelta = timedelta(minutes=1)) -> None:
        self._table = tables.api_keys
        self._clock = clock
        self._touch = touch

    @staticmethod
    def is_one(text: str) -> bool:
        """Whether a text may be a key at all."""
        return text.startswith(PREFIX)

    def create(self, connection: Connection, key_id: int, user_id: int, label: str) -> str:
        """Make a key for a user and give it; nobody can read it again.

        ``key_id`` is a fresh id of the site.
        """
        key = new_token(PREFIX)
        connection.execute(
            insert(self._table).values(
                id=key_id,
                user_id=user_id,
                label=label,
                begins=key[:SHOWN],
                key_hash=fingerprint(key),
                created_at=self._clock.now(),
            )
        )
        return key

    @property
    def columns(self) -> tuple[Column[Any], ...]:
        """What :meth:`read` makes a key of."""
        c = self._table.c
        return (c.id, c.user_id, c.label, c.begins, c.created_at, c.last_used_at, c.revoked_at)

    def read(self, row: Sequence[Any]) -> ApiKey:
        """The key that these values are."""
        key_id, user_id, label, begins, created_at, used, revoked_at = row
        stale = used is None or self._clock.now() - used >= self._touch
        return ApiKey(key_id, user_id, label, begins, created_at, used, revoked_at, stale)

    def of(self, connection: Connection, user_id: int) -> list[ApiKey]:
        """A user's keys, the revoked ones too, oldest first."""
        table = self._table
        rows = connection.execute(
            select(*self.columns).where(table.c.user_id == user_id).order_by(table.c.id)
        )
        return [self.read(row) for row in rows]

    def touch(self, connection: Connection, key: ApiKey) -> None:
        """Write down that the key was used."""
        connection.execute(
            update(self._table).where(self._table.c.id == key.id).values(last_used_at=self._clock.now())
        )

    def revoke(self, connection: Connection, key_id: int) -> bool:
        """Make a key worth nothing; False when there is no such key, or it was revoked before."""
        table = self._table
        done = connection.execute(
            update(table)
            .where(table.c.id == key_id, table.c.revoked_at.is_(None))
            .values(revoked_at=self._clock.now())
        )
        return done.rowcount > 0
