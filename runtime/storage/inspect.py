"""What is really in the database: its tables, their columns, and their indexes, read in two statements."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class LiveTable:
    """A table as it stands: each column's type in the database's own words, and the names of its indexes."""

    columns: Mapping[str, str]
    indexes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Live:
    """The tables of one site's database, by name."""

    tables: Mapping[str, LiveTable]
    triggers: frozenset[str] = frozenset()

    def has(self, table: str, column: str | None = None) -> bool:
        """Whether there is such a table, or such a column in it."""
        found = self.tables.get(table)
        return found is not None and (column is None or column in found.columns)

    @property
    def is_trellis(self) -> bool:
        """Whether a runtime has set this database up."""
        return "trellis_counters" in self.tables

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in it at all."""
        return not self.tables


_SQLITE_COLUMNS = """
SELECT t.name, c.name, c.type FROM sqlite_master t, pragma_table_info(t.name) c
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"""
_SQLITE_OTHERS = """
SELECT tbl_name, type, name FROM sqlite_master WHERE type IN ('index', 'trigger') AND name NOT LIKE
'sqlite\\_%' ESCAPE '\\'
"""

_POSTGRESQL_COLUMNS = """
SELECT t.relname, a.attname, format_type(a.atttypid, a.atttypmod)
FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE n.nspname = :schema AND t.relkind IN ('r', 'p')"""
_POSTGRESQL_OTHERS = "SELECT tablename, 'index', indexname FROM pg_indexes WHERE schemaname = :schema"


def inspect(connection: Connection, schema: str) -> Live:
    """Read what the connection's database (on PostgreSQL: this schema of it) holds, as the transaction sees
    it.
    """
    sqlite = connection.dialect.name == "sqlite"
    parameters = {} if sqlite else {"schema": schema}
    columns = connection.execute(text(_SQLITE_COLUMNS if sqlite else _POSTGRESQL_COLUMNS), parameters)
    tables: dict[str, dict[str, str]] = {}
    for table, name, kind in columns:
        tables.setdefault(table, {})[name] = kind
    others = list(connection.execute(text(_SQLITE_OTHERS if sqlite else _POSTGRESQL_OTHERS), parameters))
    indexes: dict[str, list[str]] = {}
    for table, kind, name in others:
        if kind == "index":
            indexes.setdefault(table, []).append(name)
    return Live(
        MappingProxyType(
            {
                name: LiveTable(MappingProxyType(found), frozenset(indexes.get(name, ())))
                for name, found in tables.items()
            }
        ),
        frozenset(name for _, kind, name in others if kind == "trigger"),
    )
