"""The second step of signing in: a code of the app, a PIN from the mail, or setting an app up when one must
have it.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Connection

from runtime.base.clock import Clock
from runtime.base.messages import message
from runtime.identity.half_sign_ins import Half, HalfSignIns
from runtime.identity.policy import Rules
from runtime.identity.second_factor import APP, MAIL, SecondFactors
from runtime.identity.security_log import Who, note
from runtime.identity.sessions import Opened
from runtime.identity.sign_in import ENROL, TOO_MANY, Came, Denied, SignIn, Unit, Write
from runtime.identity.tables import IdentityTables
from runtime.identity.throttling import Throttle, Wait
from runtime.identity.users import User, Users

Read = Callable[[], AbstractContextManager[Connection]]

NO_CODE = message("This code is not right. A code works once, and only for a short while.")
BEGIN_AGAIN = message("That took too long, or failed too often. Begin again with the password.")


@dataclass(frozen=True, slots=True)
class Step:
    """What is asked for now: a code of the app, a PIN, or the first code of a new app with this secret."""

    kind: str
    user: User
    secret: str = ""
    may_mail_again: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody is in. ``codes`` are new recovery codes, to be shown once."""

    opened: Opened
    codes: tuple[str, ...] = ()


class SecondStep:
    """Goes on with half sign-ins."""

    def __init__(
        self, tables: IdentityTables, clock: Clock, sign_in: SignIn, factors: SecondFactors, rules: Rules
    ) -> None:
        self._clock = clock
        self._sign_in = sign_in
        self._factors = factors
        self._halves = HalfSignIns(clock)
        self._users = Users(tables)
        self._throttle = Throttle(tables, clock, rules)

    def show(self, write: Write, token: str) -> Step | None:
        """What to ask the browser for; None when it has to begin again."""
        with write() as tx:
            found = self._find(tx, token)
            if found is None:
                return None
            half, user = found
            kind = self._sign_in.second_step(tx, user) or APP
            secret = self._factors.begin_app(tx.connection, user.id) if kind == ENROL else ""
            return Step(kind, user, secret, may_mail_again=kind == MAIL and half.pins < 3)

    def mail_again(self, write: Write, token: str) -> bool:
        """Mail another PIN; False when there were enough."""
        with write() as tx:
            found = self._find(tx, token)
            if found is None or self._sign_in.second_step(tx, found[1]) != MAIL:
                return False
            return self._sign_in.mail_pin(tx, found[1], found[0])

    def attempt(self, write: Write, token: str, code: str, came: Came) -> Entered | Denied | None:
        """Try a code; None when the browser has to begin again with the password."""
        with write() as tx:
            found = self._find(tx, token)
            if found is None:
                return None
            half, user = found
            attempt = self._throttle.enter(tx.connection, tx.allocate_ids(1)[0], user.email, came.address)
            if isinstance(attempt, Wait):
                return Denied(TOO_MANY, attempt.seconds)
            if not self._halves.count_try(tx.connection, half):
                return None
            codes = self._check(tx, half, user, code)
            if codes is None:
                who = Who(user.id, user.name, None, came.address)
                note(tx.connection, self._clock.now(), "factor_refused", who)
                return Denied(NO_CODE)
            self._halves.end(tx.connection, half)
            return Entered(self._sign_in.open(tx, user, came, attempt), codes)

    def _check(self, tx: Unit, half: Half, user: User, code: str) -> tuple[str, ...] | None:
        kind = self._sign_in.second_step(tx, user)
        if kind == MAIL:
            return () if self._halves.is_pin(tx.connection, half, code) else None
        if kind == ENROL:
            codes = self._factors.confirm_app(tx.connection, user.id, code)
            if codes is not None:
                who = Who(user.id, user.name)
                note(tx.connection, self._clock.now(), "factor_changed", who, about=APP)
            return codes
        return () if self._factors.check_app(tx.connection, user.id, code) else None

    def _find(self, tx: Unit, token: str) -> tuple[Half, User] | None:
        half = self._halves.find(tx.connection, token)
        user = self._users.active(tx.connection, half.user_id) if half is not None else None
        return (half, user) if half is not None and user is not None else None
