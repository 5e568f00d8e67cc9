"""The tables that this room reads and writes; ``storage.tables.Tables`` satisfies it."""

from collections.abc import Mapping
from typing import Any, Protocol

from sqlalchemy import Column, Table


class UserTable(Protocol):
    """The table of the system module ``users``."""

    @property
    def table(self) -> Table:
        """The table itself."""
        ...

    @property
    def columns(self) -> Mapping[str, tuple[Column[Any], ...]]:
        """Each field's columns by its key."""
        ...


class IdentityTables(Protocol):
    """Where users, sessions, passwords, keys and failures are kept."""

    @property
    def sessions(self) -> Table:
        """One row a signed-in browser."""
        ...

    @property
    def credentials(self) -> Table:
        """One row a user who has a password."""
        ...

    @property
    def api_keys(self) -> Table:
        """One row a key of a program."""
        ...

    @property
    def login_failures(self) -> Table:
        """One row an attempt to sign in that has not succeeded."""
        ...

    def module(self, key: str) -> UserTable:
        """A module's table."""
        ...

    def link(self, module: str, field: str) -> Table:
        """A linked field's table."""
        ...
