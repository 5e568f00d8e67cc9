"""The structure of a database as it stands: every table's columns, constraints, indexes and triggers in the
database's own words, so that two looks at it tell whether anything has moved.

The runtime's own tables are left out: the program itself completes those.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, text

OWN = "trellis_"
"""What the names of the runtime's own tables begin with."""


@dataclass(frozen=True, slots=True)
class Structure:
    """Each table's parts, as ``column size`` and ``index ux_deals_1`` by table, with their definitions."""

    tables: Mapping[str, Mapping[str, str]]

    @property
    def digest(self) -> str:
        """A fingerprint: another one means that something has moved."""
        whole = [(name, sorted(parts.items())) for name, parts in sorted(self.tables.items())]
        return hashlib.sha256(repr(whole).encode()).hexdigest()[:32]

    def to_json(self) -> dict[str, Any]:
        """The structure as JSON."""
        return {name: dict(parts) for name, parts in self.tables.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Structure":
        """The structure that :meth:`to_json` gave."""
        return cls({name: dict(parts) for name, parts in data.items()})


_SQLITE = """
SELECT t.name, 'column ' || c.name, c.type || CASE WHEN c."notnull" THEN ' not null' ELSE '' END
  || coalesce(' default ' || c.dflt_value, '') || CASE WHEN c.pk THEN ' key' ELSE '' END
FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'
UNION ALL
SELECT t.name, 'constraint on ' || k."from", 'references ' || k."table" || ' on delete ' || k.on_delete
FROM sqlite_master t, pragma_foreign_key_list(t.name) k WHERE t.type = 'table'
UNION ALL
SELECT tbl_name, type || ' ' || name, coalesce(sql, '') FROM sqlite_master
WHERE type IN ('index', 'trigger')
"""

_POSTGRESQL = """
WITH own AS (
  SELECT t.oid, t.relname FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
  WHERE n.nspname = :schema AND t.relkind IN ('r', 'p')
)
SELECT own.relname::text, 'column ' || a.attname, format_type(a.atttypid, a.atttypmod)
  || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
  || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
FROM own JOIN pg_attribute a ON a.attrelid = own.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
UNION ALL
SELECT own.relname::text, 'constraint ' || c.conname, pg_get_constraintdef(c.oid)
FROM own JOIN pg_constraint c ON c.conrelid = own.oid AND c.contype IN ('c', 'f', 'p', 'u', 'x')
UNION ALL
SELECT own.relname::text, 'index ' || i.relname,
  pg_get_indexdef(i.oid) || CASE WHEN x.indisvalid THEN '' ELSE ' (broken)' END
FROM own JOIN pg_index x ON x.indrelid = own.oid JOIN pg_class i ON i.oid = x.indexrelid
UNION ALL
SELECT own.relname::text, 'trigger ' || g.tgname, pg_get_triggerdef(g.oid)
FROM own JOIN pg_trigger g ON g.tgrelid = own.oid AND NOT g.tgisinternal
"""


def read_structure(connection: Connection, schema: str) -> Structure:
    """Read it in one statement, as the transaction sees it; on PostgreSQL that of one schema."""
    sqlite = connection.dialect.name == "sqlite"
    rows = connection.execute(text(_SQLITE if sqlite else _POSTGRESQL), {} if sqlite else {"schema": schema})
    tables: dict[str, dict[str, str]] = {}
    for table, part, definition in rows:
        if not table.startswith((OWN, "sqlite_")) and not part.startswith("index sqlite_"):
            tables.setdefault(table, {})[part] = definition
    return Structure(MappingProxyType({name: tables[name] for name in sorted(tables)}))
