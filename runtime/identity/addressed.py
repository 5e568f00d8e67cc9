"""Addressed: which users are meant where people are named, groups among them, or those who administer."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, select

from runtime.identity.tables import IdentityTables


class Addressed:
    """Finds the users. Only reads."""

    def __init__(self, tables: IdentityTables) -> None:
        self._users = tables.module("users").columns
        self._members = tables.link("groups", "members")

    def users(self, connection: Connection, ids: Iterable[int]) -> list[int]:
        """The users of these ids who may sign in, and the members of groups of these ids."""
        wanted = list(ids)
        if not wanted:
            return []
        members = select(self._members.c.target_id).where(self._members.c.source_id.in_(wanted))
        number = self._users["id"][0]
        query = select(number).where(number.in_(wanted) | number.in_(members), *self._there())
        return list(connection.execute(query.order_by(number)).scalars())

    def of_role(self, connection: Connection, role: str) -> list[int]:
        """Those who have a role."""
        number = self._users["id"][0]
        query = select(number).where(self._users["role"][0] == role, *self._there())
        return list(connection.execute(query.order_by(number)).scalars())

    def admins(self, connection: Connection) -> list[int]:
        """Those who administer the CRM."""
        number = self._users["id"][0]
        query = select(number).where(self._users["admin"][0].is_(True), *self._there())
        return list(connection.execute(query.order_by(number)).scalars())

    def _there(self) -> list[ColumnElement[bool]]:
        return [self._users["active"][0].is_(True), self._users["deleted_at"][0].is_(None)]
