"""Saved filters: the lists that users make for themselves, share with others, and begin with."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, or_, select, update

from runtime.base.clock import Clock
from runtime.base.messages import Message, message
from runtime.expressions.text import order_key
from runtime.identity.actor import Actor
from runtime.storage.tables import Tables
from runtime.storage.transaction import Transaction

EVERYBODY = "everybody"
"""Whom a filter may be shared with, beside ``group:<id>`` and ``role:<key>``."""
MOST = 100
"""So many filters a user may keep of one module: more find nobody."""
LONGEST_NAME = 100


class NameRefusedError(Exception):
    """A filter cannot be called so; ``reason`` says why."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A list that a user made. What it names is text: the configuration may have changed since.

    ``key`` is what an address and REST call it by: the number of its ``id``.
    """

    id: int
    user_id: int
    module: str
    name: str
    where: str
    columns: tuple[str, ...] = ()
    sort: str = ""
    shared: frozenset[str] = field(default_factory=frozenset)

    @property
    def key(self) -> str:
        """Its id as text; no filter of a pack is called by a number."""
        return str(self.id)


def may_change(actor: Actor, saved: SavedFilter) -> bool:
    """Whether somebody may rename, change, share or delete a filter: whose it is, or an admin."""
    return actor.admin or saved.user_id == actor.user_id


class SavedFilters:
    """The filters of one snapshot's users. What changes them takes a transaction."""

    def __init__(self, tables: Tables, clock: Clock) -> None:
        self._tables = tables
        self._filters = tables.runtime.saved_filters
        self._shares = tables.runtime.filter_shares
        self._defaults = tables.runtime.default_filters
        self._clock = clock

    def of(self, connection: Connection, actor: Actor, *modules: str) -> list[SavedFilter]:
        """Those of some modules that somebody has or is given by others, their own first, by their names."""
        table, keys = self._filters, {self._name(module): module for module in modules}
        shown = (
            select(table)
            .where(table.c.module.in_(keys), self._visible(actor))
            .order_by(table.c.user_id != (actor.user_id or 0), table.c.id)
            .limit(2 * MOST)
        )
        found = [self._made(keys[row.module], row) for row in connection.execute(shown)]
        return sorted(found, key=lambda each: (each.user_id != actor.user_id, order_key(each.name), each.id))

    def find(self, connection: Connection, actor: Actor, module: str, key: str) -> SavedFilter | None:
        """One of them by its key, with whom it is shared; None when there is none, or not for this actor."""
        if not key.isascii() or not key.isdigit() or len(key) > 18:
            return None
        table = self._filters
        one = select(table).where(table.c.id == int(key), table.c.module == self._name(module))
        if not actor.admin:
            one = one.where(self._visible(actor))
        row = connection.execute(one).first()
        if row is None:
            return None
        shares = select(self._shares.c["with"]).where(self._shares.c.filter_id == int(key))
        return self._made(module, row, frozenset(connection.execute(shares).scalars()))

    def begin_with(self, tx: Transaction, user_id: int, module: str, key: str) -> None:
        """Let somebody's lists of a module begin with a filter; '' goes back to the module's first."""
        table = self._defaults
        mine = {"user_id": user_id, "module": self._name(module)}
        tx.connection.execute(
            delete(table).where(table.c.user_id == mine["user_id"], table.c.module == mine["module"])
        )
        if key:
            tx.connection.execute(insert(table).values(**mine, filter=key))

    def add(self, tx: Transaction, saved: SavedFilter) -> SavedFilter:
        """Keep a new filter, with an id of its own; raises NameRefusedError for a name that cannot be."""
        self._check(tx.connection, saved)
        new = SavedFilter(
            tx.allocate_ids(1)[0],
            saved.user_id,
            saved.module,
            saved.name.strip(),
            saved.where,
            saved.columns,
            saved.sort,
            saved.shared,
        )
        tx.connection.execute(insert(self._filters).values(id=new.id, **self._values(new)))
        self._share(tx.connection, new)
        return new

    def change(self, tx: Transaction, saved: SavedFilter) -> None:
        """Keep a filter as it is now; raises NameRefusedError for a name that cannot be."""
        self._check(tx.connection, saved)
        table = self._filters
        tx.connection.execute(update(table).where(table.c.id == saved.id).values(**self._values(saved)))
        self._share(tx.connection, saved)

    def remove(self, tx: Transaction, saved: SavedFilter) -> None:
        """Delete a filter; lists that began with it begin with the module's first again."""
        shares, defaults = self._shares, self._defaults
        tx.connection.execute(delete(shares).where(shares.c.filter_id == saved.id))
        tx.connection.execute(
            delete(defaults).where(
                defaults.c.module == self._name(saved.module), defaults.c.filter == saved.key
            )
        )
        tx.connection.execute(delete(self._filters).where(self._filters.c.id == saved.id))

    def beginners(self, connection: Connection, saved: SavedFilter) -> int:
        """How many other people's lists begin with a filter."""
        table = self._defaults
        others = select(func.count()).where(
            table.c.module == self._name(saved.module),
            table.c.filter == saved.key,
            table.c.user_id != saved.user_id,
        )
        return int(connection.execute(others).scalar_one())

    def _visible(self, actor: Actor) -> ColumnElement[bool]:
        shares = self._shares
        given = exists(
            select(shares.c.filter_id).where(
                shares.c.filter_id == self._filters.c.id, shares.c["with"].in_(circles_of(actor))
            )
        )
        return or_(self._filters.c.user_id == actor.user_id, given)

    def _check(self, connection: Connection, saved: SavedFilter) -> None:
        name, table = saved.name.strip(), self._filters
        if not name:
            raise NameRefusedError(message("A filter needs a name."))
        if not name.isprintable():
            raise NameRefusedError(message("A name is one line of letters and signs."))
        if len(name) > LONGEST_NAME:
            raise NameRefusedError(message("A name has {most} characters at most.", most=LONGEST_NAME))
        own = select(table.c.id, table.c.name).where(
            table.c.user_id == saved.user_id, table.c.module == self._name(saved.module)
        )
        others = [row for row in connection.execute(own) if row.id != saved.id]
        if any(row.name.casefold() == name.casefold() for row in others):
            raise NameRefusedError(message('You have a filter "{name}" already.', name=name))
        if len(others) >= MOST:
            raise NameRefusedError(
                message("You have {most} filters here already: delete one of them first.", most=MOST)
            )

    def _share(self, connection: Connection, saved: SavedFilter) -> None:
        shares = self._shares
        connection.execute(delete(shares).where(shares.c.filter_id == saved.id))
        rows = [{"filter_id": saved.id, "with": circle} for circle in sorted(saved.shared)]
        if rows:
            connection.execute(insert(shares), rows)

    def _values(self, saved: SavedFilter) -> dict[str, Any]:
        return {
            "user_id": saved.user_id,
            "module": self._name(saved.module),
            "name": saved.name.strip(),
            "where": saved.where,
            "columns": ",".join(saved.columns),
            "sort": saved.sort,
            "changed_at": self._clock.now(),
        }

    @staticmethod
    def _made(module: str, row: Any, shared: frozenset[str] = frozenset()) -> SavedFilter:
        columns = tuple(row.columns.split(",")) if row.columns else ()
        return SavedFilter(row.id, row.user_id, module, row.name, row.where, columns, row.sort, shared)

    def _name(self, module: str) -> str:
        return self._tables.module(module).table.name


def circles_of(actor: Actor) -> list[str]:
    """Whom somebody is among."""
    role = [f"role:{actor.role}"] if actor.role else []
    return [EVERYBODY, *(f"group:{number}" for number in actor.groups), *role]
