"""A forgotten password: a link to the stored address, by which another one is chosen; and the first password
of one who is invited. An unknown address is answered alike.
"""

from runtime.base.clock import Clock
from runtime.identity.credentials import Credentials
from runtime.identity.half_sign_ins import HalfSignIns
from runtime.identity.letters import CHANGED, INVITE, RESET, Letters, NoLetters, Unit
from runtime.identity.mailed_links import Link, MailedLinks
from runtime.identity.passwords import Passwords
from runtime.identity.policy import Rules, Steady
from runtime.identity.providers.base import Providers
from runtime.identity.security_log import Who, note
from runtime.identity.sessions import Sessions
from runtime.identity.sign_in import TOO_MANY, Denied, Write
from runtime.identity.tables import IdentityTables
from runtime.identity.throttling import Throttle, Wait
from runtime.identity.users import User, Users


class Resets:
    """Mails links, and takes the passwords that are chosen by them."""

    def __init__(
        self,
        tables: IdentityTables,
        clock: Clock,
        passwords: Passwords,
        rules: Rules | None = None,
        letters: Letters | None = None,
        providers: Providers | None = None,
    ) -> None:
        self._clock = clock
        self._passwords = passwords
        self._rules = rules or Steady()
        self._letters = letters or NoLetters()
        self._providers = providers or Providers()
        self._users = Users(tables)
        self._credentials = Credentials(tables, clock)
        self._sessions = Sessions(tables, clock, self._rules)
        self._links = MailedLinks(tables, clock)
        self._halves = HalfSignIns(clock)
        self._throttle = Throttle(tables, clock, self._rules)

    @property
    def is_offered(self) -> bool:
        """Whether people may have a link mailed to them."""
        return self._letters.can_send and self._rules.now.reset_by_mail

    def ask(self, write: Write, email: str, address: str = "") -> Denied | None:
        """Mail a link to the user of an address; who asks is not told whether there is one."""
        with write() as tx:
            # Counted apart from sign-ins: nobody is kept out by what another one asks for.
            asked = f"reset {email}"
            attempt = self._throttle.enter(tx.connection, tx.allocate_ids(1)[0], asked, address)
            if isinstance(attempt, Wait):
                return Denied(TOO_MANY, attempt.seconds)
            user = self._users.by_email(tx.connection, email)
            known = Who(None if user is None else user.id, "" if user is None else user.name, None, address)
            note(tx.connection, self._clock.now(), "password_asked", known)
            if user is not None and user.active and self._providers.directory_of(user.email) is None:
                self.mail(tx, user, RESET)
        return None

    def mail(self, tx: Unit, user: User, purpose: str) -> None:
        """Mail a link: ``RESET``, or ``INVITE``, which holds for longer."""
        token = self._links.make(tx.connection, purpose, user.id)
        self._letters.send(tx, INVITE if purpose == INVITE else RESET, user, {"token": token})

    def link(self, tx: Unit, user: User, purpose: str) -> str:
        """The token of a link that an administrator hands over by another way."""
        return self._links.make(tx.connection, purpose, user.id)

    def find(self, write: Write, token: str) -> Link | None:
        """The link of a token, if it holds."""
        with write() as tx:
            return self._links.find(tx.connection, token)

    def choose(self, write: Write, token: str, password: str, address: str = "") -> User | None:
        """Take the password that is chosen by a link; every session of the user ends. None where the link
        holds no more.
        """
        if self.find(write, token) is None:
            return None
        hashed = self._passwords.hash(password)
        with write() as tx:
            link = self._links.find(tx.connection, token)
            if link is None or not self._links.spend(tx.connection, link):
                return None
            user = link.user
            is_first = self._credentials.of(tx.connection, user.id) is None
            self._credentials.set(tx.connection, user.id, hashed)
            self._sessions.end_all(tx.connection, user.id)
            self._halves.end_all(tx.connection, user.id)
            note(tx.connection, self._clock.now(), "password_reset", Who(user.id, user.name, None, address))
            if not is_first and self._letters.can_send:
                self._letters.send(tx, CHANGED, user, {})
            return user
