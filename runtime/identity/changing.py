"""Changing one's password: the brake, then the password as it was, then the new one; other sessions end."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from runtime.base.clock import Clock
from runtime.base.messages import message
from runtime.identity.credentials import Credentials
from runtime.identity.passwords import Passwords
from runtime.identity.sessions import Session, Sessions
from runtime.identity.sign_in import TOO_MANY, Denied, Unit
from runtime.identity.tables import IdentityTables
from runtime.identity.throttling import Throttle, Wait
from runtime.identity.users import Users

NOT_THE_PASSWORD = message("This is not your password.")


class PasswordChange:
    """Changes passwords. No lock and no connection is held while one is hashed."""

    def __init__(self, tables: IdentityTables, clock: Clock, passwords: Passwords) -> None:
        self._passwords = passwords
        self._users = Users(tables)
        self._credentials = Credentials(tables, clock)
        self._sessions = Sessions(tables, clock)
        self._throttle = Throttle(tables, clock)

    def attempt(
        self,
        write: Callable[[], AbstractContextManager[Unit]],
        session: Session,
        current: str,
        new: str,
        address: str = "",
    ) -> Denied | None:
        """Change the password of the session's user, who proves to be there with the current one."""
        with write() as tx:
            user = self._users.active(tx.connection, session.user_id)
            if user is None:
                return Denied(NOT_THE_PASSWORD)
            attempt = self._throttle.enter(tx.connection, tx.allocate_ids(1)[0], user.email, address)
            if isinstance(attempt, Wait):
                return Denied(TOO_MANY, attempt.seconds)
            kept = self._credentials.of(tx.connection, user.id)
        if not self._passwords.check(current, kept):
            return Denied(NOT_THE_PASSWORD)
        hashed = self._passwords.hash(new)
        with write() as tx:
            if self._credentials.of(tx.connection, user.id) != kept:
                return Denied(NOT_THE_PASSWORD)  # it was changed elsewhere meanwhile
            self._throttle.clear(tx.connection, attempt)
            self._credentials.set(tx.connection, user.id, hashed)
            self._sessions.end_all(tx.connection, user.id, but=session)
        return None
