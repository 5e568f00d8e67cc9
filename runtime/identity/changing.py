"""Changing one's password: the brake, then the password as it was, then the new one; other sessions end, and
this one goes on under another token.
"""

from runtime.base.clock import Clock
from runtime.base.messages import message
from runtime.identity.credentials import Credentials
from runtime.identity.half_sign_ins import HalfSignIns
from runtime.identity.letters import CHANGED, Letters, NoLetters
from runtime.identity.mailed_links import MailedLinks
from runtime.identity.passwords import Passwords
from runtime.identity.policy import Rules
from runtime.identity.security_log import Who, note
from runtime.identity.sessions import Opened, Session, Sessions
from runtime.identity.sign_in import TOO_MANY, Denied, Write
from runtime.identity.tables import IdentityTables
from runtime.identity.throttling import Attempt, Throttle, Wait
from runtime.identity.users import User, Users

NOT_THE_PASSWORD = message("This is not your password.")
ACTING = message("You act as somebody else: their password, keys and second step are theirs alone.")


class PasswordChange:
    """Changes passwords. No lock and no connection is held while one is hashed."""

    def __init__(
        self,
        tables: IdentityTables,
        clock: Clock,
        passwords: Passwords,
        rules: Rules | None = None,
        letters: Letters | None = None,
    ) -> None:
        self._clock = clock
        self._passwords = passwords
        self._letters = letters or NoLetters()
        self._users = Users(tables)
        self._credentials = Credentials(tables, clock)
        self._sessions = Sessions(tables, clock, rules)
        self._links = MailedLinks(tables, clock)
        self._halves = HalfSignIns(clock)
        self._throttle = Throttle(tables, clock, rules)

    def prove(self, write: Write, session: Session, password: str, address: str = "") -> Denied | None:
        """Whether the one at the keyboard is the session's user: before what is worth a password."""
        proved = self._proved(write, session, password, address)
        if isinstance(proved, Denied):
            return proved
        with write() as tx:
            self._throttle.clear(tx.connection, proved[1])
        return None

    def attempt(
        self, write: Write, session: Session, current: str, new: str, address: str = ""
    ) -> Opened | Denied:
        """Change the password of the session's user, who proves to be there with the current one."""
        proved = self._proved(write, session, current, address)
        if isinstance(proved, Denied):
            return proved
        user, attempt, kept = proved
        hashed = self._passwords.hash(new)
        with write() as tx:
            if self._credentials.of(tx.connection, user.id) != kept:
                return Denied(NOT_THE_PASSWORD)  # it was changed elsewhere meanwhile
            self._throttle.clear(tx.connection, attempt)
            self._credentials.set(tx.connection, user.id, hashed)
            self._sessions.end_all(tx.connection, user.id, but=session)
            self._links.end_all(tx.connection, user.id)
            self._halves.end_all(tx.connection, user.id)
            who = Who(user.id, user.name, None, address)
            note(tx.connection, self._clock.now(), "password_changed", who)
            if self._letters.can_send:
                self._letters.send(tx, CHANGED, user, {})
            return self._sessions.renew(tx.connection, session)

    def _proved(
        self, write: Write, session: Session, password: str, address: str
    ) -> Denied | tuple[User, Attempt, str | None]:
        if session.by_id is not None:
            return Denied(ACTING)
        with write() as tx:
            user = self._users.active(tx.connection, session.user_id)
            if user is None:
                return Denied(NOT_THE_PASSWORD)
            attempt = self._throttle.enter(tx.connection, tx.allocate_ids(1)[0], user.email, address)
            if isinstance(attempt, Wait):
                return Denied(TOO_MANY, attempt.seconds)
            kept = self._credentials.of(tx.connection, user.id)
        if not self._passwords.check(password, kept):
            return Denied(NOT_THE_PASSWORD)
        return user, attempt, kept
