"""API keys: what a program shows instead of signing in. A key is printed once, and kept as a hash alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
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
    """A key as it may be shown: its label and how it begins, never the key. ``stale`` says: touch it.

    ``modules`` are those that the key is for, by their tables (None: all of them).
    """

    id: int
    user_id: int
    label: str
    begins: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    stale: bool
    limits: "KeyLimits" = field(default_factory=lambda: KeyLimits())
    locked_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether the key opens anything now."""
        until = self.limits.until
        return self.revoked_at is None and self.locked_at is None and (until is None or now < until)


@dataclass(frozen=True, slots=True)
class KeyLimits:
    """What a key may do less than its user: only read, only some modules (by their tables), only until."""

    read_only: bool = False
    modules: tuple[str, ...] | None = None
    until: datetime | None = None


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

    def create(
        self,
        connection: Connection,
        key_id: int,
        user_id: int,
        label: str,
        limits: KeyLimits | None = None,
    ) -> str:
        """Make a key for a user and give it; nobody can read it again.

        ``key_id`` is a fresh id of the site.
        """
        key, limits = new_token(PREFIX), limits or KeyLimits()
        connection.execute(
            insert(self._table).values(
                id=key_id,
                user_id=user_id,
                label=label,
                begins=key[:SHOWN],
                key_hash=fingerprint(key),
                created_at=self._clock.now(),
                read_only=limits.read_only,
                modules=None if limits.modules is None else list(limits.modules),
                expires_at=limits.until,
            )
        )
        return key

    @property
    def columns(self) -> tuple[Column[Any], ...]:
        """What :meth:`read` makes a key of."""
        c = self._table.c
        known = (c.id, c.user_id, c.label, c.begins, c.created_at, c.last_used_at, c.revoked_at)
        return (*known, c.read_only, c.modules, c.expires_at, c.locked_at)

    def read(self, row: Sequence[Any]) -> ApiKey:
        """The key that these values are."""
        key_id, user_id, label, begins, created_at, used, revoked_at, read_only, modules, until, locked = row
        stale = used is None or self._clock.now() - used >= self._touch
        limits = KeyLimits(bool(read_only), None if modules is None else tuple(modules), until)
        return ApiKey(key_id, user_id, label, begins, created_at, used, revoked_at, stale, limits, locked)

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

    def lock(self, connection: Connection, user_id: int, key_id: int, *, locked: bool) -> bool:
        """Stop a user's key for a while, or let it work again; False when there is no such key."""
        table = self._table
        values = {"locked_at": self._clock.now() if locked else None}
        mine = (table.c.id == key_id) & (table.c.user_id == user_id) & table.c.revoked_at.is_(None)
        return connection.execute(update(table).where(mine).values(values)).rowcount > 0

    def revoke(self, connection: Connection, key_id: int) -> bool:
        """Make a key worth nothing; False when there is no such key, or it was revoked before."""
        table = self._table
        done = connection.execute(
            update(table)
            .where(table.c.id == key_id, table.c.revoked_at.is_(None))
            .values(revoked_at=self._clock.now())
        )
        return done.rowcount > 0
