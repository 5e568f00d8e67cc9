"""Touching: while a large apply goes through a table, triggers write down which of its records are written.

Whatever writes them: the triggers miss nobody, and PostgreSQL waits for those who are writing when it makes
one. The last transaction of the apply works these records out once more.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, Select, Table, delete, func, select, text

from runtime.change.expansion import TOUCH
from runtime.storage.engines import quoted
from runtime.storage.inspect import Live
from runtime.storage.names import shortened
from runtime.storage.runtime_tables import runtime_tables

_FUNCTION = """
CREATE OR REPLACE FUNCTION trellis_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO trellis_touched ("table", record_id) VALUES (TG_TABLE_NAME, NEW.id);
  RETURN NULL;
END $$"""
_POSTGRESQL = """
SELECT g.tgname, t.relname FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = current_schema() AND g.tgname LIKE 'trellis\\_touch\\_%'"""
_SQLITE = """
SELECT name, tbl_name FROM sqlite_master
WHERE type = 'trigger' AND name LIKE 'trellis\\_touch\\_%' ESCAPE '\\'"""
_MOST = 1_000
"""So many records are read from the list at a time."""


def watch(connection: Connection, live: Live, tables: Iterable[str]) -> None:
    """Write down from now on which records of these tables are written in the columns that they have in
    ``live``: those that the apply has made do not count.
    """
    tables = list(tables)
    if connection.dialect.name == "postgresql" and tables:
        connection.exec_driver_sql(_FUNCTION)
    for table in tables:
        columns = ", ".join(quoted(name) for name in live.tables[table].columns)
        for name, event in ((_trigger(table, "i"), "INSERT"), (_trigger(table, "u"), f"UPDATE OF {columns}")):
            connection.exec_driver_sql(_create(connection.dialect.name, name, event, table))


def forget(connection: Connection) -> None:
    """Write nothing down any more, of any table, and forget what was."""
    is_postgresql = connection.dialect.name == "postgresql"
    found = connection.execute(text(_POSTGRESQL if is_postgresql else _SQLITE)).all()
    for name, table in found:
        on = f" ON {quoted(table)}" if is_postgresql else ""
        connection.exec_driver_sql(f"DROP TRIGGER {quoted(name)}{on}")
    connection.execute(delete(_touched()))


def ids_of(table: str) -> Select[tuple[int]]:
    """The records of a table that were written since it is watched."""
    touched = _touched()
    return select(touched.c.record_id).where(touched.c.table == table)


def count(connection: Connection) -> int:
    """How many writes were written down."""
    return int(connection.execute(select(func.count()).select_from(_touched())).scalar_one())


def take(connection: Connection, table: str) -> list[int]:
    """Some of the records of a table that were written, taken off the list in this transaction."""
    touched = _touched()
    rows = connection.execute(
        select(touched.c.id, touched.c.record_id)
        .where(touched.c.table == table)
        .order_by(touched.c.id)
        .limit(_MOST)
    ).all()
    if rows:
        connection.execute(delete(touched).where(touched.c.id.in_([row[0] for row in rows])))
    return sorted({row[1] for row in rows})


def _create(dialect: str, name: str, event: str, table: str) -> str:
    head = f"CREATE TRIGGER {quoted(name)} AFTER {event} ON {quoted(table)}"
    if dialect == "postgresql":
        return f"{head} FOR EACH ROW EXECUTE FUNCTION trellis_touch()"
    name_ = table.replace("'", "''")
    return f"{head} BEGIN INSERT INTO trellis_touched (\"table\", record_id) VALUES ('{name_}', NEW.id); END"


def _trigger(table: str, kind: str) -> str:
    return shortened(f"{TOUCH}{kind}_{table}")


def _touched() -> Table:
    return runtime_tables().touched
