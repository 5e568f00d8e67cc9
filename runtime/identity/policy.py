"""The site's rules of signing in, as administrators set them in the browser; every part has a default."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection

from runtime.identity.addresses import is_among
from runtime.storage.site_settings import read_setting, write_setting

KEY = "sign_in"
NOBODY, ADMINS, EVERYBODY = "nobody", "admins", "everybody"


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules. Networks are texts such as ``192.0.2.0/24``.

    ``second_factor`` says who must have one (:data:`NOBODY`, :data:`ADMINS`, :data:`EVERYBODY`), and
    ``factor_profiles`` whose holders must as well. Of failures so many are borne in ``window_minutes``: of
    one account, of one address, and of the whole site, after which each account and address has a few only.
    ``allowed`` networks alone are let in, where there are any; ``denied`` ones never; ``trusted`` ones are
    braked for their own failures alone.
    """

    second_factor: str = NOBODY
    factor_profiles: tuple[str, ...] = ()
    reset_by_mail: bool = True
    shortest_password: int = 8
    idle_hours: int = 12
    longest_days: int = 14
    account_failures: int = 10
    address_failures: int = 50
    site_failures: int = 500
    window_minutes: int = 15
    trusted: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    log_days: int = 730

    @property
    def idle(self) -> timedelta:
        """How long a session may be unused."""
        return timedelta(hours=self.idle_hours)

    @property
    def absolute(self) -> timedelta:
        """How long a session lasts at most."""
        return timedelta(days=self.longest_days)

    @property
    def window(self) -> timedelta:
        """For how long a failure counts."""
        return timedelta(minutes=self.window_minutes)

    def lets_in(self, address: str) -> bool:
        """Whether anybody may come from an address. The machine itself always may."""
        if is_among(address, LOOPBACK):
            return True
        if is_among(address, self.denied):
            return False
        return not self.allowed or is_among(address, self.allowed)

    def demands_factor(self, *, admin: bool, profiles: Iterable[str] = ()) -> bool:
        """Whether a user must have a second factor: an administrator, say, or one with certain profiles."""
        if self.second_factor == EVERYBODY or (admin and self.second_factor == ADMINS):
            return True
        return not set(self.factor_profiles).isdisjoint(profiles)

    def to_json(self) -> dict[str, Any]:
        """As a value of JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> "Policy":
        """What :meth:`to_json` gave, of this version or another."""
        known = {field.name for field in fields(cls)}
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in given.items()
            if key in known
        }
        return cls(**values)


LOOPBACK = ("127.0.0.0/8", "::1/128")


class Ranked(Protocol):
    """A user or an actor, as far as it decides what they must do to sign in."""

    @property
    def admin(self) -> bool:
        """Whether it is an administrator."""
        ...

    @property
    def role(self) -> str | None:
        """The key of the role."""
        ...


class Rules(Protocol):
    """Where the rules of now are had from."""

    @property
    def now(self) -> Policy:
        """The rules as they are."""
        ...


class Policies:
    """The rules of now. Requests never wait for them: they are read once, and then again by :meth:`refresh`
    every now and then, beside the requests.
    """

    def __init__(self, read: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._read = read
        self._kept: Policy | None = None

    @property
    def now(self) -> Policy:
        """The rules as they were read last."""
        return self._kept or self.refresh()

    def refresh(self) -> Policy:
        """Read the rules anew."""
        with self._read() as connection:
            policy = Policy.from_json(read_setting(connection, KEY))
        self._kept = policy
        return policy

    def change(self, connection: Connection, policy: Policy, at: datetime, by: int | None) -> None:
        """Keep other rules, in the caller's transaction; call :meth:`refresh` when it has landed."""
        write_setting(connection, KEY, policy.to_json(), at, by)


class Steady:
    """Rules that do not change: for tests, and for commands."""

    def __init__(self, policy: Policy | None = None) -> None:
        self._policy = policy or Policy()

    @property
    def now(self) -> Policy:
        """The rules."""
        return self._policy
