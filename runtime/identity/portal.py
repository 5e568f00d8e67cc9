"""The portal: contacts of the CRM who sign in by a provider, and are no users.

A contact is a record of a module, proved by the e-mail address in one of its fields. It is found afresh with
every request: who is deleted, or whose module was made anew, is nobody.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from runtime.identity.actor import Actor, Contact
from runtime.identity.providers.base import Contacts
from runtime.identity.sessions import Session, Sessions
from runtime.identity.tables import IdentityTables, UserTable
from runtime.identity.tokens import fingerprint


@dataclass(frozen=True, slots=True)
class Guest:
    """A contact that was found, with the address that proves it."""

    contact: Contact
    email: str

    def actor(self, door: str, language: str, timezone: str) -> Actor:
        """The contact as an actor: no user, and nobody's rights."""
        return Actor(
            user_id=None,
            name=self.email,
            email=self.email,
            door=door,
            language=language,
            timezone=timezone,
            contact=self.contact,
        )


class Portal:
    """Finds contacts. Only reads."""

    def __init__(self, tables: IdentityTables, sessions: Sessions) -> None:
        self._tables = tables
        self._sessions = sessions

    def by_email(self, connection: Connection, whose: Contacts, email: str) -> Guest | None:
        """The one contact of an address; None where there is none, or more than one: nobody guesses which."""
        module, wanted = self._module(whose.module), email.strip()
        if module is None or whose.field not in module.columns or not wanted:
            return None
        address = module.columns[whose.field][0]
        query = _standing(module, whose.field).where(func.lower(address) == wanted.lower()).limit(2)
        found = connection.execute(query).all()
        return Guest(Contact(whose.module, found[0][0]), found[0][1]) if len(found) == 1 else None

    def of(self, connection: Connection, token: str) -> tuple[Session, Guest] | None:
        """The session of a token and its contact; None when it is a user's, or does not hold."""
        table = self._tables.sessions
        query = select(table.c.portal, table.c.user_id, table.c.created_at, table.c.last_seen_at)
        row = connection.execute(query.where(table.c.token_hash == fingerprint(token))).first()
        if row is None or row.portal is None:
            return None
        session = self._sessions.holding(token, *row[1:])
        guest = self._guest(connection, row.portal, row.user_id)
        return (session, guest) if session is not None and guest is not None else None

    def kept(self, whose: Contacts) -> dict[str, str]:
        """What a session keeps of where its contact stands."""
        module = self._tables.module(whose.module)
        return {"module": whose.module, "field": whose.field, "table": module.table.name}

    def _guest(self, connection: Connection, kept: dict[str, str], number: int) -> Guest | None:
        module = self._module(kept["module"])
        if module is None or module.table.name != kept["table"] or kept["field"] not in module.columns:
            return None
        query = _standing(module, kept["field"]).where(module.columns["id"][0] == number)
        row = connection.execute(query).first()
        return None if row is None else Guest(Contact(kept["module"], row[0]), row[1] or "")

    def _module(self, key: str) -> UserTable | None:
        try:
            return self._tables.module(key)
        except KeyError:
            return None


def _standing(module: UserTable, field: str) -> Select[Any]:
    columns: tuple[ColumnElement[Any], ...] = (module.columns["id"][0], module.columns[field][0])
    return select(*columns).where(module.columns["deleted_at"][0].is_(None))
