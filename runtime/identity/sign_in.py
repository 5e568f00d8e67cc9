"""Signing in: the brake, then the password, then the second factor if there is one, then a fresh session.

Every failure reads and lasts the same. No lock and no connection is held while a password is hashed.
"""

import logging
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from runtime.base.clock import Clock
from runtime.base.messages import Message, message
from runtime.identity.braking import note_braked
from runtime.identity.credentials import Credentials
from runtime.identity.half_sign_ins import Half, HalfSignIns
from runtime.identity.letters import PIN, Letters, NoLetters, Unit
from runtime.identity.passwords import Passwords
from runtime.identity.policy import Ranked, Rules, Steady
from runtime.identity.portal import Portal
from runtime.identity.providers.base import Contacts, ProviderError, Providers
from runtime.identity.second_factor import MAIL, SecondFactors
from runtime.identity.security_log import Who, note
from runtime.identity.sessions import Opened, Sessions, standing
from runtime.identity.tables import IdentityTables
from runtime.identity.throttling import Attempt, Throttle, Wait
from runtime.identity.users import User, Users

__all__ = ["Came", "Denied", "SignIn", "Unit", "Write"]

log = logging.getLogger("trellis.identity")

Write = Callable[[], AbstractContextManager[Unit]]
"""Opens a transaction of the database."""

ENROL = "enrol"
"""The second step of one who must have an app, and has none yet."""


@dataclass(frozen=True, slots=True)
class Denied:
    """Nobody was signed in. ``wait`` is in seconds, 0 when it may be tried again at once."""

    message: Message
    wait: int = 0


@dataclass(frozen=True, slots=True)
class Came:
    """Where somebody comes from: the address, the browser, and the token that it had before, which ends, so
    that nobody signs in into a session that somebody else has prepared.
    """

    address: str = ""
    agent: str = ""
    before: str | None = None


class SignIn:
    """Signs people in."""

    def __init__(
        self,
        tables: IdentityTables,
        clock: Clock,
        passwords: Passwords,
        factors: SecondFactors,
        rules: Rules | None = None,
        letters: Letters | None = None,
        providers: Providers | None = None,
        profiles: Callable[[str | None], Iterable[str]] = lambda _role: (),
    ) -> None:
        """``profiles`` gives the keys of the profiles that a role holds."""
        self._clock = clock
        self._passwords = passwords
        self._factors = factors
        self._rules = rules or Steady()
        self._letters = letters or NoLetters()
        self._providers = providers or Providers()
        self._profiles = profiles
        self._users = Users(tables)
        self._credentials = Credentials(tables, clock)
        self._sessions = Sessions(tables, clock, self._rules)
        self._halves = HalfSignIns(clock)
        self._throttle = Throttle(tables, clock, self._rules)
        self._portal = Portal(tables, self._sessions)

    def attempt(
        self,
        write: Write,
        email: str,
        password: str,
        address: str = "",
        agent: str = "",
        before: str | None = None,
    ) -> Opened | Half | Denied:
        """Try an address and a password; a :class:`Half` goes on with the second factor."""
        came = Came(address, agent, before)
        with write() as tx:
            attempt = self._throttle.enter(tx.connection, tx.allocate_ids(1)[0], email, address)
            if isinstance(attempt, Wait):
                note_braked(tx.connection, self._clock.now(), address, self._rules.now.window)
                return Denied(TOO_MANY, attempt.seconds)
            user = self._users.by_email(tx.connection, email)
            kept = self._credentials.of(tx.connection, user.id) if user is not None else None
        right = self._is_right(email, password, kept)
        if not right or user is None or not user.active:
            with write() as tx:
                known = Who(
                    None if user is None else user.id, "" if user is None else user.name, None, address
                )
                note(tx.connection, self._clock.now(), "sign_in_refused", known)
            return Denied(WRONG)
        outdated = kept is not None and self._passwords.outdated(kept)
        renewed = self._passwords.hash(password) if outdated else None
        with write() as tx:
            if self._users.active(tx.connection, user.id) is None:
                return Denied(WRONG)
            if renewed is not None and self._credentials.of(tx.connection, user.id) == kept:
                self._credentials.set(tx.connection, user.id, renewed)
            return self.go_on(tx, user, came, attempt)

    def prove(self, tx: Unit, email: str, came: Came, by: str) -> Opened | Half | Denied:
        """Sign in whom a provider has proved; the second factor is asked for all the same."""
        user = self._users.by_email(tx.connection, email)
        if user is None or not user.active:
            known = Who(None if user is None else user.id, "", None, came.address)
            note(tx.connection, self._clock.now(), "sign_in_refused", known, about=by)
            return Denied(message("There is no account for this address here. Ask an administrator."))
        return self.go_on(tx, user, came, None)

    def prove_contact(self, tx: Unit, whose: Contacts, email: str, came: Came, by: str) -> Opened | Denied:
        """Sign in a contact of the portal whom a provider has proved."""
        guest, now = self._portal.by_email(tx.connection, whose, email), self._clock.now()
        if guest is None:
            note(tx.connection, now, "sign_in_refused", Who(address=came.address), about=by)
            return Denied(message("There is no account for this address here. Ask an administrator."))
        if came.before is not None:
            self._sessions.end(tx.connection, came.before)
        self._sessions.sweep(tx.connection)
        note(tx.connection, now, "signed_in", Who(None, guest.email, None, came.address), about=by)
        where = self._portal.kept(whose)
        return self._sessions.open(tx.connection, guest.contact.id, came.address, came.agent, portal=where)

    def go_on(self, tx: Unit, user: User, came: Came, attempt: Attempt | None) -> Opened | Half:
        """The first step succeeded: a session, or the second step. Failures count until both have."""
        kind = self.second_step(tx, user)
        if kind is None:
            return self.open(tx, user, came, attempt)
        half = self._halves.begin(tx.connection, user.id)
        if kind == MAIL:
            self.mail_pin(tx, user, half)
        return half

    def second_step(self, tx: Unit, user: User) -> str | None:
        """What the user is asked for after the password: the kind of a factor, :data:`ENROL`, or nothing."""
        kind = self._factors.kind_of(tx.connection, user.id)
        if kind is not None or not self.demands_factor(user):
            return kind
        return MAIL if self._letters.can_send else ENROL

    def demands_factor(self, user: Ranked) -> bool:
        """Whether the user must have a second step."""
        return self._rules.now.demands_factor(admin=user.admin, profiles=self._profiles(user.role))

    def mail_pin(self, tx: Unit, user: User, half: Half) -> bool:
        """Mail a fresh PIN; False when there were enough."""
        pin = self._halves.new_pin(tx.connection, half)
        if pin is not None:
            self._letters.send(tx, PIN, user, {"pin": pin})
        return pin is not None

    def open(self, tx: Unit, user: User, came: Came, attempt: Attempt | None) -> Opened:
        """The session of one who has proved to be there by all that is asked for."""
        if attempt is not None:
            self._throttle.clear(tx.connection, attempt)
        if came.before is not None:
            self._sessions.end(tx.connection, came.before)
        self._sessions.sweep(tx.connection)
        who = Who(user.id, user.name, None, came.address)
        note(tx.connection, self._clock.now(), "signed_in", who, about=came.agent[:200])
        return self._sessions.open(tx.connection, user.id, came.address, came.agent, rights=standing(user))

    def _is_right(self, email: str, password: str, kept: str | None) -> bool:
        directory = self._providers.directory_of(email)
        if directory is None:
            return self._passwords.check(password, kept)
        try:
            return bool(password) and directory.check(email, password)
        except ProviderError as error:
            log.warning("the directory %s does not answer: %s", directory.name, error)
            return False


WRONG = message("The e-mail address or the password is not right.")
TOO_MANY = message("Too many attempts to sign in have failed. Wait a while, and try again.")
