"""The shelf: the filters that somebody may choose from above a list, and which of them it begins with.

It is asked for with every list, so its statements are compiled once.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Select,
    Text,
    any_,
    bindparam,
    exists,
    func,
    or_,
    select,
)

from runtime.expressions.text import order_key
from runtime.identity.actor import Actor
from runtime.records.saved_filters import MOST, SavedFilter, circles_of
from runtime.storage.own_columns import Big
from runtime.storage.prepared import Kept
from runtime.storage.tables import Tables

SHOWN = 2 * MOST
COLUMNS = ("id", "user_id", "name", "where", "columns", "sort")


@dataclass(frozen=True, slots=True)
class Shelf:
    """The filters of users above a module's list, one's own first, and the key that it begins with."""

    filters: Sequence[SavedFilter] = ()
    begins: str = ""

    def find(self, key: str) -> SavedFilter | None:
        """The filter of a key, if it stands here."""
        return next((each for each in self.filters if each.key == key), None)


class Shelves:
    """The shelves of one snapshot's users."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._statements = Kept()

    def of(self, connection: Connection, actor: Actor, module: str) -> Shelf:
        """What somebody finds above a module's list."""
        dialect = connection.dialect.name
        shown = self._statements.select("shown", connection, lambda: self._shown(dialect))
        begins = self._statements.select("begins", connection, self._begins)
        circles = circles_of(actor)
        given = {
            "user_id": actor.user_id or 0,
            "module": self._tables.module(module).table.name,
            "circles": circles if dialect == "postgresql" else json.dumps(circles),
        }
        chosen = begins.run(connection, given)
        found = [
            SavedFilter(id_, user_id, module, name, where, tuple(columns.split(",")) if columns else (), sort)
            for id_, user_id, name, where, columns, sort in zip(*shown.run(connection, given), strict=True)
        ]
        found.sort(key=lambda each: (each.user_id != actor.user_id, order_key(each.name), each.id))
        return Shelf(tuple(found), str(chosen[0][0]) if chosen else "")

    def _shown(self, dialect: str) -> Select[tuple[object, ...]]:
        table, shares = self._tables.runtime.saved_filters, self._tables.runtime.filter_shares
        user = bindparam("user_id", required=False, type_=Big)
        given = exists(
            select(shares.c.filter_id).where(
                shares.c.filter_id == table.c.id, _among(shares.c["with"], dialect)
            )
        )
        return (
            select(*(table.c[name] for name in COLUMNS))
            .where(table.c.module == bindparam("module", required=False, type_=Text))
            .where(or_(table.c.user_id == user, given))
            .order_by(table.c.user_id != user, table.c.id)
            .limit(SHOWN)
        )

    def _begins(self) -> Select[tuple[object, ...]]:
        table = self._tables.runtime.default_filters
        return select(table.c.filter).where(
            table.c.user_id == bindparam("user_id", required=False, type_=Big),
            table.c.module == bindparam("module", required=False, type_=Text),
        )


def _among(circle: ColumnElement[str], dialect: str) -> ColumnElement[bool]:
    """Whether a circle is one of a list, which comes as one parameter however long it is."""
    if dialect == "postgresql":
        return circle == any_(bindparam("circles", required=False, type_=ARRAY(Text)))
    values = func.json_each(bindparam("circles", required=False, type_=Text)).table_valued("value")
    return circle.in_(select(values.c.value))
