"""Visitors: whose browser it is that comes back with a session's token, whose program shows a key.

This stands before every request, so the session or the key, its user and their groups are one statement,
prepared once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, exists, select

from runtime.base.clock import Clock
from runtime.identity.api_keys import ApiKey, ApiKeys
from runtime.identity.memberships import Memberships
from runtime.identity.portal import Guest, Portal
from runtime.identity.sessions import Session, Sessions
from runtime.identity.tables import IdentityTables
from runtime.identity.tokens import fingerprint
from runtime.identity.users import USER, User, Users, user_of
from runtime.storage.prepared import Given, Kept
from runtime.storage.runtime_tables import runtime_tables


class Visitors:
    """Finds the session, or the key, and its user. Only reads."""

    def __init__(self, tables: IdentityTables, sessions: Sessions, keys: ApiKeys, clock: Clock) -> None:
        self._sessions = sessions
        self._keys = keys
        self._clock = clock
        self._users = Users(tables)
        self._tables = tables
        self._kept = Kept()
        self._memberships = Memberships(tables)
        self._portal = Portal(tables, sessions)

    def find(self, connection: Connection, token: str) -> tuple[Session, User] | None:
        """The session and its user; None when the session does not hold, or the user may not come in."""
        statement = self._kept.select("token", connection, self._by_token)
        found = _first(statement.run(connection, {"hash": fingerprint(token)}))
        if found is None:
            return None
        created_at, last_seen_at, by_id, rights, looking, *values = found.values
        session = self._sessions.holding(token, values[0], created_at, last_seen_at, by_id, rights, looking)
        if session is None or (by_id is not None and not self._may_act(connection, by_id)):
            return None
        return session, self._user(connection, values, found)

    def contact(self, connection: Connection, token: str) -> tuple[Session, Guest] | None:
        """The session of a contact of the portal; asked for where there is no user's."""
        return self._portal.of(connection, token)

    def _may_act(self, connection: Connection, admin: int) -> bool:
        # Whoever acts as somebody must still be an administrator.
        user = self._users.active(connection, admin)
        return user is not None and user.admin

    def of_key(self, connection: Connection, key: str) -> tuple[ApiKey, User] | None:
        """The key and its user; None when it is unknown or revoked, or the user may not come in."""
        if not self._keys.is_one(key):
            return None
        statement = self._kept.select("key", connection, self._by_key)
        found = _first(statement.run(connection, {"hash": fingerprint(key)}))
        if found is None:
            return None
        width = len(self._keys.columns)
        found_key = self._keys.read(found.values[:width])
        if not found_key.holds(self._clock.now()):
            return None
        return found_key, self._user(connection, found.values[width:], found)

    def _user(self, connection: Connection, values: Sequence[Any], found: "_Found") -> User:
        # Most are in no group; who is in one is in those above it, too.
        groups = self._memberships.of(connection, values[0]) if found.groups else ()
        return replace(user_of(values, groups), shared=found.shared)

    def _by_token(self) -> Select[Any]:
        session = self._tables.sessions
        names = ("created_at", "last_seen_at", "by_id", "rights", "looking")
        columns = [session.c[name] for name in names]
        return _statement(self._tables, session, columns).where(
            session.c.token_hash == bindparam("hash", required=False)
        )

    def _by_key(self) -> Select[Any]:
        key = self._tables.api_keys
        return _statement(self._tables, key, self._keys.columns).where(
            key.c.key_hash == bindparam("hash", required=False), key.c.revoked_at.is_(None)
        )


@dataclass(frozen=True, slots=True)
class _Found:
    values: list[Any]
    groups: tuple[int, ...]
    shared: bool


def _first(given: Given) -> _Found | None:
    # There is a row for each group of the user.
    if not given:
        return None
    *columns, groups, shared, in_groups = given
    belongs = tuple(group for group in groups if group is not None)
    return _Found([column[0] for column in columns], belongs, bool(shared[0] or (belongs and in_groups[0])))


def _statement(tables: IdentityTables, shown: Table, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    # Of what was shown, its user, who may come in, and a row for each group; one without when there is none.
    members, users = tables.link("groups", "members"), tables.module("users")
    own = [users.columns[key][0] for key in USER]
    user_id, active, deleted_at = (users.columns[key][0] for key in ("id", "active", "deleted_at"))
    return (
        select(*columns, *own, members.c.source_id, *_shared(user_id))
        .select_from(
            shown.join(users.table, shown.c.user_id == user_id).outerjoin(
                members, members.c.target_id == user_id
            )
        )
        .where(active.is_(True), deleted_at.is_(None))
    )


def _shared(user_id: ColumnElement[Any]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    # Whether anything was shared by hand with the user, and with any group at all.
    shares = runtime_tables().shares
    with_user = select(shares.c.id).where(shares.c.user_id == user_id)
    with_groups = select(shares.c.id).where(shares.c.group_id.is_not(None))
    return exists(with_user), exists(with_groups)
