"""The brake on guessing: how many attempts to sign in one account, and one address, may fail in a while.

An attempt is written down *before* its password is hashed and taken back when it succeeds, so that a thousand
attempts at once are counted like a thousand in turn, and none over the limit costs a hash.
"""

import ipaddress
from dataclasses import dataclass

from sqlalchemy import Connection, and_, case, delete, func, insert, or_, select

from runtime.base.clock import Clock
from runtime.identity.addresses import is_among
from runtime.identity.policy import Rules, Steady
from runtime.identity.tables import IdentityTables
from runtime.identity.tokens import fingerprint

UNDER_ATTACK = 3
"""How many failures one account, and one address, may have while the whole site has too many."""


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

    def __init__(self, tables: IdentityTables, clock: Clock, rules: Rules | None = None) -> None:
        self._table = tables.login_failures
        self._clock = clock
        self._rules = rules or Steady()

    def enter(self, connection: Connection, attempt_id: int, account: str, address: str) -> Attempt | Wait:
        """Ask to try: writes the attempt down, or says how long to wait. ``attempt_id`` is a fresh id of the
        site.

        The account is kept as a hash: people type their passwords where their address belongs.
        """
        attempt = Attempt(fingerprint(account.strip().casefold()), network(address))
        now, rules = self._clock.now(), self._rules.now
        table = self._table
        if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
            connection.execute(select(func.pg_advisory_xact_lock(int(attempt.account[:15], 16))))
        by_account, by_address = table.c.account == attempt.account, table.c.address == attempt.address
        is_trusted = is_among(address, rules.trusted)
        if is_trusted:  # what others guess at this account is no reason to keep its owner out
            by_account = and_(by_account, by_address)
        recent = table.c.at > now - rules.window
        account_failures, address_failures, first = connection.execute(
            select(
                func.sum(case((by_account, 1), else_=0)),
                func.sum(case((by_address, 1), else_=0)),
                func.min(table.c.at, type_=table.c.at.type),
            ).where(or_(by_account, by_address), recent)
        ).one()
        all_failures = select(table.c.id).where(recent).limit(rules.site_failures).subquery()
        attacked = connection.execute(select(func.count()).select_from(all_failures)).scalar_one()
        is_attacked = attacked >= rules.site_failures and not is_trusted
        most_of_account = min(rules.account_failures, UNDER_ATTACK) if is_attacked else rules.account_failures
        most_of_address = min(rules.address_failures, UNDER_ATTACK) if is_attacked else rules.address_failures
        too_many = (account_failures or 0) >= most_of_account
        if too_many or (not is_trusted and (address_failures or 0) >= most_of_address):
            return Wait(max(1, int((first + rules.window - now).total_seconds())))
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
        over = table.c.at <= self._clock.now() - self._rules.now.window
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
