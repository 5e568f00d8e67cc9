"""Visitors: whose browser it is that comes back with a session's token.

This stands before every page, so the session, its user and their groups are one statement, prepared once.
"""

from sqlalchemy import Connection, Select, bindparam, select

from runtime.identity.sessions import Session, Sessions
from runtime.identity.tables import IdentityTables
from runtime.identity.tokens import fingerprint
from runtime.identity.users import USER, User, user_of
from runtime.storage.prepared import Prepared


class Visitors:
    """Finds the session and the user of a token. Only reads."""

    def __init__(self, tables: IdentityTables, sessions: Sessions) -> None:
        self._sessions = sessions
        self._statement = _statement(tables)
        self._prepared: Prepared | None = None

    def find(self, connection: Connection, token: str) -> tuple[Session, User] | None:
        """The session and its user; None when the session does not hold, or the user may not come in."""
        if self._prepared is None:
            self._prepared = Prepared(self._statement, connection.dialect)
        given = self._prepared.run(connection, {"token_hash": fingerprint(token)})
        if not given:
            return None
        *columns, groups = given
        created_at, last_seen_at, *values = (column[0] for column in columns)
        session = self._sessions.holding(token, values[0], created_at, last_seen_at)
        if session is None:
            return None
        belongs = tuple(group for group in groups if group is not None)
        return session, user_of(values, belongs)


def _statement(tables: IdentityTables) -> Select[tuple[object, ...]]:
    # A row for each group; one without a group when there is none.
    session, members = tables.sessions, tables.link("groups", "members")
    users = tables.module("users")
    own = [users.columns[key][0] for key in USER]
    user_id, active, deleted_at = (users.columns[key][0] for key in ("id", "active", "deleted_at"))
    return (
        select(session.c.created_at, session.c.last_seen_at, *own, members.c.source_id)
        .select_from(
            session.join(users.table, session.c.user_id == user_id).outerjoin(
                members, members.c.target_id == user_id
            )
        )
        .where(
            session.c.token_hash == bindparam("token_hash", required=False),
            active.is_(True),
            deleted_at.is_(None),
        )
    )
