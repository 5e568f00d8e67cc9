"""The expansion: the tables, columns and indexes that a large apply has made and that nobody sees before it
ends, and how they are cleared away.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from runtime.storage.engines import quoted
from runtime.storage.inspect import Live, LiveTable
from runtime.storage.names import shortened
from runtime.storage.structure import Structure

TOUCH = "trellis_touch_"
"""What the names of the triggers begin with that watch a table."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """What was made, by physical names: whole tables, columns of tables that were there, and indexes of
    tables that were there.
    """

    tables: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    indexes: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The expansion as the journal keeps it."""
        return {
            "tables": list(self.tables),
            "columns": [list(each) for each in self.columns],
            "indexes": [list(each) for each in self.indexes],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Expansion":
        """What :meth:`to_json` gave."""
        return cls(
            tuple(data["tables"]),
            tuple((table, name) for table, name in data["columns"]),
            tuple((table, name) for table, name in data["indexes"]),
        )

    @classmethod
    def between(cls, before: Live, after: Live) -> "Expansion":
        """What is there after, and was not before."""
        tables, columns, indexes = [], [], []
        for name, table in sorted(after.tables.items()):
            known = before.tables.get(name)
            if known is None:
                tables.append(name)
                continue
            columns += [(name, each) for each in table.columns if each not in known.columns]
            indexes += [(name, each) for each in sorted(table.indexes - known.indexes)]
        return cls(tuple(tables), tuple(columns), tuple(indexes))

    def with_index(self, table: str, name: str) -> "Expansion":
        """The expansion with an index more."""
        if (table, name) in self.indexes:
            return self
        return replace(self, indexes=(*self.indexes, (table, name)))

    def hidden_in(self, live: Live) -> Live:
        """The database as it would be without it: what a plan is made for."""
        tables: dict[str, LiveTable] = {}
        columns, indexes = set(self.columns), set(self.indexes)
        for name, table in live.tables.items():
            if name in self.tables or any(_is_of_search(name, each) for each in self.tables):
                continue
            kept = {key: kind for key, kind in table.columns.items() if (name, key) not in columns}
            left = frozenset(each for each in table.indexes if (name, each) not in indexes)
            tables[name] = LiveTable(MappingProxyType(kept), left)
        return replace(live, tables=MappingProxyType(tables))

    def without(self, structure: Structure) -> Structure:
        """The structure as it would be without it, and without the triggers that watch the tables."""
        own = {(table, part) for table, name in self.columns for part in _parts(table, name)}
        own |= {(table, f"index {name}") for table, name in self.indexes}
        return Structure(
            {
                table: {
                    part: definition
                    for part, definition in parts.items()
                    if (table, part) not in own and not part.startswith(f"trigger {TOUCH}")
                }
                for table, parts in structure.tables.items()
                if table not in self.tables
            }
        )

    def clear_away(self, connection: Connection) -> None:
        """Drop it all, in the caller's transaction."""
        for _, name in self.indexes:
            connection.exec_driver_sql(f"DROP INDEX IF EXISTS {quoted(name)}")
        for name in _in_order(self.tables):
            cascade = " CASCADE" if connection.dialect.name == "postgresql" else ""
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {quoted(name)}{cascade}")
        for table, name in self.columns:
            _drop_column(connection, table, name)


def _parts(table: str, name: str) -> tuple[str, ...]:
    """What a column is called in a structure, and the constraints that come with it."""
    return (f"column {name}", f"constraint on {name}", f"constraint {shortened(f'fk_{table}_{name}')}")


def _drop_column(connection: Connection, table: str, name: str) -> None:
    drop = f"ALTER TABLE {quoted(table)} DROP COLUMN {quoted(name)}"
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(drop)
        return
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(drop)
    except DBAPIError:
        # SQLite drops no column that points at a table: emptied and out of the way it does no harm.
        connection.exec_driver_sql(f"UPDATE {quoted(table)} SET {quoted(name)} = NULL")
        there = {row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({quoted(table)})")}
        numbers = (f"{name[:40]}__left_{number}" for number in range(1, len(there) + 2))
        free = next(each for each in numbers if each not in there)
        rename = f"ALTER TABLE {quoted(table)} RENAME COLUMN {quoted(name)} TO {quoted(free)}"
        connection.exec_driver_sql(rename)


def _in_order(tables: tuple[str, ...]) -> list[str]:
    # SQLite's tables of a search index go with the index itself.
    return [name for name in tables if not any(_is_of_search(name, each) for each in tables)]


def _is_of_search(name: str, index: str) -> bool:
    return name.startswith(f"{index}_") and index.endswith("__search")
