"""The security log: who came in or was refused, who changed rights or the configuration, who took data out.

What happens is noted in the transaction that does it, so that the two land together or not at all, and nobody
waits for anybody. A moment later (:meth:`SecurityLog.chain`) the new rows get their numbers, in one short
transaction of whoever comes first: each number's mark is an HMAC, with the site's secret, over the row and
the mark before it. So the chain cannot fork, and whoever changes, adds or takes away a row in the database
alone breaks it (:mod:`runtime.identity.chain` verifies it). Noting is the module's function :func:`note`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, text, update

from runtime.base.clock import Clock
from runtime.base.messages import phrase
from runtime.identity.actor import Actor
from runtime.storage.database import Database
from runtime.storage.runtime_tables import runtime_tables
from runtime.storage.site_settings import read_setting, write_setting

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "signed_in": phrase("Signed in"),
        "signed_out": phrase("Signed out"),
        "sign_in_refused": phrase("Sign-in refused"),
        "sign_in_braked": phrase("Too many failed sign-ins"),
        "factor_refused": phrase("Second step refused"),
        "address_refused": phrase("Address not let in"),
        "key_refused": phrase("API key refused"),
        "refused": phrase("Refused"),
        "password_changed": phrase("Password changed"),
        "password_asked": phrase("Reset of the password asked for"),
        "password_reset": phrase("Password reset"),
        "factor_changed": phrase("Second step changed"),
        "session_ended": phrase("Session ended"),
        "key_made": phrase("API key made"),
        "key_changed": phrase("API key changed"),
        "acting_began": phrase("Began to act as somebody"),
        "acting_ended": phrase("Ended acting as somebody"),
        "looking_began": phrase("Began to look as somebody"),
        "looking_ended": phrase("Ended looking as somebody"),
        "user_changed": phrase("User changed"),
        "group_changed": phrase("Group changed"),
        "invited": phrase("Invited"),
        "user_left": phrase("User deactivated"),
        "settings_changed": phrase("Security settings changed"),
        "applied": phrase("Configuration applied"),
        "rolled_back": phrase("Configuration rolled back"),
        "shared": phrase("Record shared"),
        "unshared": phrase("Record shared no more"),
        "exported": phrase("Exported"),
        "imported": phrase("Imported"),
        "pruned": phrase("Old entries removed"),
    }
)
"""What may happen, each by its name in English."""

HEAD, START = "security_log.head", "security_log.start"
LOCK = 0x7E5EC
"""The first half of the advisory lock's key on PostgreSQL; the schema's name gives the other."""
AT_ONCE = 1000
"""Rows that one transaction chains."""


@dataclass(frozen=True, slots=True)
class Who:
    """Who does it: the user, the administrator behind them if there is one, the name, and from where."""

    user_id: int | None = None
    name: str = ""
    by_id: int | None = None
    address: str = ""

    @classmethod
    def of(cls, actor: Actor, address: str = "") -> "Who":
        """An actor; the system is called by its name."""
        return cls(actor.user_id, actor.name or actor.email, actor.by_id, address or actor.address)


def note(connection: Connection, at: datetime, kind: str, who: Who, about: str = "", **data: Any) -> None:
    """Note what happens, in the transaction that does it. ``data`` is JSON and never a secret."""
    assert kind in KINDS, kind
    connection.execute(
        insert(runtime_tables().security_log).values(
            at=at,
            kind=kind,
            user_id=who.user_id,
            by_id=who.by_id,
            who=_clean(who.name, 120),
            address=_clean(who.address, 64),
            about=_clean(about, 300),
            data=data,
        )
    )


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the chain: the number of the last row, and its mark."""

    number: int
    mark: str


NOWHERE = Place(0, "")
"""Before the first row."""


class SecurityLog:
    """Chains, finds and prunes the rows of one site. ``mark`` makes what only the site's secret can make."""

    def __init__(self, database: Database, clock: Clock, mark: Callable[[str], str]) -> None:
        self._database = database
        self._clock = clock
        self._mark = mark
        self._table = runtime_tables().security_log

    def chain(self) -> int:
        """Give the new rows their numbers and marks; gives how many. Whoever finds another at it leaves it
        to them.
        """
        total = 0
        while self._has_new():
            with self._database.write() as tx:
                if not _is_first(tx.connection):
                    return total
                made = self._chain_some(tx.connection)
            total += made
            if made < AT_ONCE:
                return total
        return total

    def head(self, connection: Connection) -> Place:
        """The last place that was given."""
        return self._place(connection, HEAD)

    def start(self, connection: Connection) -> Place:
        """What the first row that is still there follows."""
        return self._place(connection, START)

    def row_mark(self, row: Row[Any] | Mapping[str, Any], number: int, before: str) -> str:
        """The mark of a row at a place."""
        values = row if isinstance(row, Mapping) else row._mapping
        at: datetime = values["at"]
        said = [number, before, at.isoformat(), *(values[name] for name in SAID)]
        return self._mark(json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")))

    def place_mark(self, kind: str, place: Place) -> str:
        """What shows that a place was written by the program."""
        return self._mark(f"{kind} {place.number} {place.mark}")

    def prune(self, kept: timedelta) -> int:
        """Remove the rows that are older; the chain goes on from the last of them. Gives how many."""
        table, now = self._table, self._clock.now()
        with self._database.write() as tx:
            _wait_for_turn(tx.connection)
            before = now - kept
            last = tx.connection.execute(
                select(table.c.number, table.c.mark)
                .where(table.c.number.is_not(None), table.c.at < before)
                .order_by(table.c.number.desc())
                .limit(1)
            ).first()
            if last is None:
                return 0
            place = Place(last.number, last.mark)
            removed = tx.connection.execute(delete(table).where(table.c.number <= place.number)).rowcount
            self._keep(tx.connection, START, place)
            note(tx.connection, now, "pruned", Who(name="System"), until=place.number, count=removed)
        return removed

    def _has_new(self) -> bool:
        with self._database.read() as connection:
            query = select(self._table.c.id).where(self._table.c.number.is_(None)).limit(1)
            return connection.execute(query).first() is not None

    def _chain_some(self, connection: Connection) -> int:
        table, place = self._table, self.head(connection)
        rows = connection.execute(
            select(table).where(table.c.number.is_(None)).order_by(table.c.id).limit(AT_ONCE)
        ).all()
        for row in rows:
            mark = self.row_mark(row, place.number + 1, place.mark)
            values = {"number": place.number + 1, "before": place.mark, "mark": mark}
            connection.execute(update(table).where(table.c.id == row.id).values(values))
            place = Place(place.number + 1, mark)
        if rows:
            self._keep(connection, HEAD, place)
        return len(rows)

    def _place(self, connection: Connection, kind: str) -> Place:
        kept = read_setting(connection, kind)
        return Place(int(kept["number"]), str(kept["mark"])) if kept else NOWHERE

    def _keep(self, connection: Connection, kind: str, place: Place) -> None:
        value = {"number": place.number, "mark": place.mark, "proof": self.place_mark(kind, place)}
        write_setting(connection, kind, value, self._clock.now(), None)


SAID = ("kind", "user_id", "by_id", "who", "address", "about", "data")
"""The columns that a mark is made over, beside the moment."""


def _is_first(connection: Connection) -> bool:
    if connection.dialect.name != "postgresql":
        return True  # there is one writer at a time
    attempt = text("SELECT pg_try_advisory_xact_lock(:lock, hashtext(current_schema()))")
    return bool(connection.execute(attempt, {"lock": LOCK}).scalar())


def _wait_for_turn(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        wait = text("SELECT pg_advisory_xact_lock(:lock, hashtext(current_schema()))")
        connection.execute(wait, {"lock": LOCK})


def _clean(said: str, longest: int) -> str:
    """A text that forges no second line and that every database takes."""
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in said)
    return shown.encode("utf-8", "replace").decode()[:longest]
