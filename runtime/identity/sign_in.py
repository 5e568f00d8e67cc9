"""Signing in: the brake, then the password, then a fresh session. Every failure reads and lasts the same."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from runtime.base.clock import Clock
from runtime.base.messages import Message, message
from runtime.identity.credentials import Credentials
from runtime.identity.passwords import Passwords
from runtime.identity.sessions import Limits as SessionLimits
from runtime.identity.sessions import Opened, Sessions
from runtime.identity.tables import IdentityTables
from runtime.identity.throttling import Limits as FailureLimits
from runtime.identity.throttling import Throttle, Wait
from runtime.identity.users import Users


class Unit(Protocol):
    """A transaction, as far as this room needs it."""

    @property
    def connection(self) -> Connection:
        """The connection that it writes through."""
        ...

    def allocate_ids(self, count: int) -> list[int]:
        """Fresh ids of the site."""
        ...


@dataclass(frozen=True, slots=True)
class Denied:
    """Nobody was signed in. ``wait`` is in seconds, 0 when it may be tried again at once."""

    message: Message
    wait: int = 0


class SignIn:
    """Signs people in. No lock and no connection is held while a password is hashed."""

    def __init__(
        self,
        tables: IdentityTables,
        clock: Clock,
        passwords: Passwords,
        sessions: SessionLimits | None = None,
        failures: FailureLimits | None = None,
    ) -> None:
        self._passwords = passwords
        self._users = Users(tables)
        self._credentials = Credentials(tables, clock)
        self._sessions = Sessions(tables, clock, sessions)
        self._throttle = Throttle(tables, clock, failures)

    def attempt(
        self,
        write: Callable[[], AbstractContextManager[Unit]],
        email: str,
        password: str,
        address: str = "",
        agent: str = "",
        before: str | None = None,
    ) -> Opened | Denied:
        """Try an address and a password; ``write`` opens a transaction of the database.

        ``before`` is the token that the browser came with: it ends here, so that nobody signs in into a
        session that somebody else has prepared.
        """
        with write() as tx:
            attempt = self._throttle.enter(tx.connection, tx.allocate_ids(1)[0], email, address)
            if isinstance(attempt, Wait):
                return Denied(TOO_MANY, attempt.seconds)
            user = self._users.by_email(tx.connection, email)
            kept = self._credentials.of(tx.connection, user.id) if user is not None else None
        right = self._passwords.check(password, kept)
        if not right or user is None or kept is None or not user.active:
            return Denied(WRONG)
        renewed = self._passwords.hash(password) if self._passwords.outdated(kept) else None
        with write() as tx:
            if self._users.active(tx.connection, user.id) is None:
                return Denied(WRONG)
            self._throttle.clear(tx.connection, attempt)
            if renewed is not None and self._credentials.of(tx.connection, user.id) == kept:
                self._credentials.set(tx.connection, user.id, renewed)
            if before is not None:
                self._sessions.end(tx.connection, before)
            self._sessions.sweep(tx.connection)
            return self._sessions.open(tx.connection, user.id, address, agent)


WRONG = message("The e-mail address or the password is not right.")
TOO_MANY = message("Too many attempts to sign in have failed. Wait a while, and try again.")
