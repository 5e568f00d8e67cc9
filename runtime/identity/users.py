"""Users as identity sees them:

found by id or by e-mail address, and turned into actors. They are written as records.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from runtime.identity.actor import DEFAULTS, Actor, Preferences
from runtime.identity.memberships import Memberships
from runtime.identity.tables import IdentityTables


@dataclass(frozen=True, slots=True)
class User:
    """A user who is not deleted."""

    id: int
    name: str
    email: str
    admin: bool
    active: bool
    role: str | None
    language: str | None
    timezone: str | None
    groups: tuple[int, ...] = ()
    preferences: Preferences = DEFAULTS
    group_names: tuple[str, ...] = ()
    shared: bool = True
    """Whether records may have been shared with them by hand."""

    def actor(self, door: str, language: str = "en", timezone: str = "UTC") -> Actor:
        """The user as an actor; the language and the time zone are for one who has chosen none."""
        return Actor(
            user_id=self.id,
            name=self.name,
            admin=self.admin,
            door=door,
            language=self.language or language,
            timezone=self.timezone or timezone,
            role=self.role,
            groups=self.groups,
            group_names=self.group_names,
            preferences=self.preferences,
            email=self.email,
            shared=self.shared,
        )


USER = (
    *("id", "name", "email", "admin", "active", "role", "language", "timezone"),
    *("date_format", "number_format", "search_type", "theme"),
)
"""The fields that make a :class:`User`, in the order that :func:`user_of` takes their values in."""


def user_of(values: Sequence[Any], groups: Sequence[tuple[int, str]] = ()) -> User:
    """A user of the values of the fields :data:`USER`, and of the ids and names of the groups."""
    key, name, address, admin, is_active, role, language, timezone, *preferences = values
    return User(
        key,
        name,
        address,
        bool(admin),
        bool(is_active),
        role,
        language,
        timezone,
        tuple(group for group, _ in groups),
        Preferences(*preferences),
        tuple(called for _, called in groups),
    )


class Users:
    """Finds users. Only reads."""

    def __init__(self, tables: IdentityTables) -> None:
        self._columns = tables.module("users").columns
        self._memberships = Memberships(tables)

    def by_id(self, connection: Connection, user_id: int) -> User | None:
        """The user of an id, active or not; None when there is none, or it is deleted."""
        return self._first(connection, self._column("id") == user_id)

    def active(self, connection: Connection, user_id: int) -> User | None:
        """The user of an id who may still sign in: what a session or a key is good for ends with this."""
        user = self.by_id(connection, user_id)
        return user if user is not None and user.active else None

    def by_email(self, connection: Connection, email: str) -> User | None:
        """The user of an e-mail address, in whichever case it is typed; None when there is none."""
        column = self._column("email")
        exact = self._first(connection, column == email.strip())
        return exact or self._first(connection, func.lower(column) == email.strip().lower())

    def _first(self, connection: Connection, where: ColumnElement[bool]) -> User | None:
        row = connection.execute(
            self._select().where(where, self._column("deleted_at").is_(None)).limit(1)
        ).first()
        if row is None:
            return None
        return user_of(row, self._memberships.of(connection, row[0]))

    def _select(self) -> Select[*tuple[Any, ...]]:
        return select(*(self._column(key) for key in USER))

    def _column(self, key: str) -> ColumnElement[Any]:
        return self._columns[key][0]
