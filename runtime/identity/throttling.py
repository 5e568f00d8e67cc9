"""The brake on guessing: how many attempts to sign in one account, and one address, may fail in a while.

An attempt is written down *before* its password is hashed and taken back when it succeeds, so that a thousand
attempts at once are counted like a thousand in turn, and none over the limit costs a hash.
"""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, case, delete, func, insert, or_, select

from runtime.base.clock import Clock
from runtime.identity.tables import IdentityTables
from runtime.identity.tokens import fingerprint


@dataclass(frozen=True, slots=True)
class Limits:
    """How many failures are borne within the window, by one account and by one address."""

    account: int = 10
    address: int = 50
    window: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that may go on. It counts as a failure until it is cleared."""

    account: str
    address: str


@dataclass(frozen=True, slots=True)
class Wait:
    """An attempt that may not go on: there were too many. ``seconds`` is when it may be tried again."""

    seconds: int


class Throttle:
    """Counts failures in a table of its own, so that every process of a site counts together."""

    def __init__(self, tables: IdentityTables, clock: Clock, limits: Limits | None = None) -> None:
        self._table = tables.login_failures
        self._clock = clock
        self._limits = limits or Limits()

    def enter(self, connection: Connection, attempt_id: int, account: str, address: str) -> Attempt | Wait:
        """Ask to try: writes the attempt down, or says how long to wait. ``attempt_id`` is a fresh id of the
        site.

        The account is kept as a hash: people type their passwords where their address belongs.
        """
        attempt = Attempt(fingerprint(account.strip().casefold()), network(address))
        now = self._clock.now()
        limits = self._limits
        table = self._table
        if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
            connection.execute(select(func.pg_advisory_xact_lock(int(attempt.account[:15], 16))))
        by_account, by_address = table.c.account == attempt.account, table.c.address == attempt.address
        account_failures, address_failures, first = connection.execute(
            select(
                func.sum(case((by_account, 1), else_=0)),
                func.sum(case((by_address, 1), else_=0)),
                func.min(table.c.at, type_=table.c.at.type),
            ).where(or_(by_account, by_address), table.c.at > now - limits.window)
        ).one()
        if (account_failures or 0) >= limits.account or (address_failures or 0) >= limits.address:
            return Wait(max(1, int((first + limits.window - now).total_seconds())))
        connection.execute(
            insert(table).values(id=attempt_id, account=attempt.account, address=attempt.address, at=now)
        )
        return attempt

    def clear(self, connection: Connection, attempt: Attempt) -> None:
        """The attempt succeeded: the account's failures from this address are forgotten."""
        table = self._table
        connection.execute(
            delete(table).where(table.c.account == attempt.account, table.c.address == attempt.address)
        )

    def sweep(self, connection: Connection) -> int:
        """Remove the failures that count no longer; gives how many."""
        table = self._table
        over = table.c.at <= self._clock.now() - self._limits.window
        return connection.execute(delete(table).where(over)).rowcount


def network(address: str) -> str:
    """What is counted together:

    an IPv4 address, or an IPv6 network of 64 bits (one customer has a whole one).
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
