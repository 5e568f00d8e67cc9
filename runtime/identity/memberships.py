"""Memberships: the groups that a user is in, and those above them in the tree."""

from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from runtime.identity.tables import IdentityTables
from runtime.storage.own_columns import Big
from runtime.storage.prepared import Kept


class Memberships:
    """Finds groups. Only reads."""

    def __init__(self, tables: IdentityTables) -> None:
        self._tables = tables
        self._kept = Kept()

    def of(self, connection: Connection, user_id: int) -> tuple[tuple[int, str], ...]:
        """The groups that a user belongs to, by id and name: who is in a group is in those above it, too."""
        statement = self._kept.select("groups", connection, self._select)
        given = statement.run(connection, {"user": user_id})
        return tuple(zip(*given, strict=True)) if given else ()

    def direct(self, connection: Connection, user_id: int) -> tuple[int, ...]:
        """The groups whose member the user is in person."""
        members = self._tables.link("groups", "members")
        query = select(members.c.source_id).where(members.c.target_id == user_id)
        return tuple(connection.execute(query.order_by(members.c.source_id)).scalars())

    def _select(self) -> Select[Any]:
        members, groups = self._tables.link("groups", "members"), self._tables.module("groups")
        group_id, name, parent, deleted_at = (
            groups.columns[key][0] for key in ("id", "name", "parent", "deleted_at")
        )
        own = (
            select(members.c.source_id.label("id"))
            .where(members.c.target_id == bindparam("user", required=False, type_=Big))
            .cte("own", recursive=True)
        )
        above = select(parent).join(own, own.c.id == group_id).where(parent.is_not(None))
        every = own.union(above)
        return (
            select(group_id, name)
            .where(group_id.in_(select(every.c.id)), deleted_at.is_(None))
            .order_by(group_id)
        )
