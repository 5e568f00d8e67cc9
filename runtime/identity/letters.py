"""Letters: what identity has mailed to people, and the port through which it does."""

from collections.abc import Mapping
from typing import Protocol

from sqlalchemy import Connection

from runtime.identity.users import User


class Unit(Protocol):
    """A transaction, as far as this room needs it."""

    @property
    def connection(self) -> Connection:
        """The connection that it writes through."""
        ...

    def allocate_ids(self, count: int) -> list[int]:
        """Fresh ids of the site."""
        ...


PIN, RESET, INVITE, CHANGED = "pin", "reset", "invite", "password_changed"
"""The kinds of letters."""


class Letters(Protocol):
    """Sends letters, once the transaction has landed."""

    @property
    def can_send(self) -> bool:
        """Whether the site sends mail at all."""
        ...

    def send(self, tx: Unit, kind: str, user: User, values: Mapping[str, str]) -> None:
        """Send one to the address that is kept of the user."""
        ...


class NoLetters:
    """A site that sends none."""

    can_send = False

    def send(self, tx: Unit, kind: str, user: User, values: Mapping[str, str]) -> None:
        """Nothing."""
