"""The statements that make tables, columns and indexes; all run in the caller's transaction, on both
databases.
"""

import hashlib
import secrets
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Table,
    delete,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import (
    AddConstraint,
    CreateIndex,
    CreateSequence,
    CreateTable,
    DropIndex,
    ExecutableDDLElement,
)
from sqlalchemy.sql.compiler import DDLCompiler

from runtime.expressions.database import postgresql_functions
from runtime.storage.engines import quoted
from runtime.storage.errors import StorageError
from runtime.storage.runtime_tables import FORMAT
from runtime.storage.searching import create_search_index
from runtime.storage.tables import ModuleTable, Tables

FUNCTIONS = "functions"
"""The counter that tells, by a number made of their text, which functions PostgreSQL was given."""

IDENTITY = "identity"
"""The counter whose number tells one database from another."""


class UnknownFormatError(StorageError):
    """The database was set up by another version of the runtime, or by something else."""


def initialise(connection: Connection, tables: Tables, schema: str) -> None:
    """Set an empty database up: its schema and functions on PostgreSQL, and the runtime's own tables."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}"))
        install_trigrams(connection)
        connection.execute(CreateSequence(tables.metadata._sequences["trellis_ids"]))
    own = [table for name, table in tables.metadata.tables.items() if name.startswith("trellis_")]
    for table in own:
        connection.execute(CreateTable(table))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            connection.execute(CreateIndex(index))
    connection.execute(insert(tables.counters).values(key="format", value=FORMAT))
    give_identity(connection, tables.counters)
    install_functions(connection, tables.counters, schema)


def give_identity(connection: Connection, counters: Table) -> None:
    """Give the database a number of its own, which its copies keep, unless it has one."""
    if not identity_of(connection):
        connection.execute(insert(counters).values(key=IDENTITY, value=secrets.randbits(62) + 1))


def identity_of(connection: Connection) -> int:
    """The number that tells this database and its copies from others; 0 where an older version set it up."""
    query = text("SELECT value FROM trellis_counters WHERE key = :key")
    return int(connection.execute(query, {"key": IDENTITY}).scalar() or 0)


def functions_are_old(connection: Connection, counters: Table, schema: str) -> bool:
    """Whether PostgreSQL has the functions of another version of the program."""
    if connection.dialect.name != "postgresql":
        return False
    known = connection.execute(select(counters.c.value).where(counters.c.key == FUNCTIONS)).scalar()
    return known != _digest(postgresql_functions(schema))


def install_functions(connection: Connection, counters: Table, schema: str) -> None:
    """Make PostgreSQL's functions, or replace those that are there; SQLite is given its own when it is
    opened.
    """
    if not functions_are_old(connection, counters, schema):
        return
    statements = postgresql_functions(schema)
    for statement in statements:
        connection.exec_driver_sql(statement.replace("%", "%%"))
    connection.execute(delete(counters).where(counters.c.key == FUNCTIONS))
    connection.execute(insert(counters).values(key=FUNCTIONS, value=_digest(statements)))


def _digest(statements: list[str]) -> int:
    return int.from_bytes(hashlib.sha256("\n".join(statements).encode()).digest()[:7], "big")


def check_format(connection: Connection, tables: Tables) -> None:
    """Raise :class:`UnknownFormatError` when the database is of another version of the runtime."""
    counters = tables.counters
    found = connection.execute(select(counters.c.value).where(counters.c.key == "format")).scalar()
    if found != FORMAT:
        raise UnknownFormatError(
            f"The database has the format {found}, and this version of Trellis works with {FORMAT}."
        )


def create_table(connection: Connection, table: Table) -> None:
    """Create a table without its indexes. On PostgreSQL its foreign keys wait for
    :func:`add_foreign_keys`.
    """
    inline: list[ForeignKeyConstraint] | None = None if connection.dialect.name == "sqlite" else []
    connection.execute(CreateTable(table, include_foreign_key_constraints=inline))


def add_foreign_keys(connection: Connection, table: Table) -> None:
    """Add a new table's foreign keys, once the tables they point at are there; SQLite has them already."""
    if connection.dialect.name == "sqlite":
        return
    constraints = [each for each in table.constraints if isinstance(each, ForeignKeyConstraint)]
    for constraint in sorted(constraints, key=lambda each: str(each.name)):
        connection.execute(AddConstraint(constraint))


def add_column(connection: Connection, column: Column[Any]) -> None:
    """Add an empty column, its foreign key included, to its table."""
    connection.execute(_AddColumn(column))
    for key in column.foreign_keys:
        if key.constraint is not None and connection.dialect.name != "sqlite":
            connection.execute(AddConstraint(key.constraint))


class _AddColumn(ExecutableDDLElement):
    """``ALTER TABLE … ADD COLUMN``: SQLAlchemy has no element of its own for it."""

    def __init__(self, column: Column[Any]) -> None:
        self.column = column


@compiles(_AddColumn)
def _add_column(element: _AddColumn, compiler: DDLCompiler, **_: Any) -> str:
    column = element.column
    parts = [compiler.get_column_specification(column)]
    if compiler.dialect.name == "sqlite":  # which adds no constraint afterwards
        parts += [_references(compiler, key) for key in column.foreign_keys]
    table = compiler.preparer.format_table(column.table)
    return f"ALTER TABLE {table} ADD COLUMN {' '.join(parts)}"


def _references(compiler: DDLCompiler, key: ForeignKey) -> str:
    quote, at, constraint = compiler.preparer.quote, key.column, key.constraint
    assert constraint is not None
    cascades = compiler.define_constraint_cascades(constraint)
    return (
        f"REFERENCES {quote(at.table.name)} ({quote(at.name)}){cascades}"
        f"{compiler.define_constraint_deferrability(constraint)}"
    )


def create_index(connection: Connection, index: Index) -> bool:
    """Create an index; False when this PostgreSQL cannot (it has no trigrams, and searching reads
    instead).
    """
    if needs_trigrams(index) and not has_trigrams(connection):
        return False
    connection.execute(CreateIndex(index))
    return True


def create_index_aside(connection: Connection, index: Index) -> None:
    """Create an index on PostgreSQL, on a connection without a transaction, while others write to its table;
    what an earlier attempt has left of it is dropped.
    """
    name = quoted(str(index.name))
    connection.exec_driver_sql(f"DROP INDEX IF EXISTS {name}")
    made = str(CreateIndex(index).compile(dialect=connection.dialect))
    connection.exec_driver_sql(made.replace("CREATE INDEX", "CREATE INDEX CONCURRENTLY", 1))


def settle_keys(connection: Connection) -> None:
    """Check the foreign keys of what was written now, and not at the commit: PostgreSQL changes no table that
    has checks waiting.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        connection.execute(text("SET CONSTRAINTS ALL DEFERRED"))


def drop_index(connection: Connection, name: str, table: Table) -> None:
    """Drop an index that is no longer asked for."""
    gone = Index(name)
    gone.table = table
    connection.execute(DropIndex(gone))


def create_search(connection: Connection, module: ModuleTable) -> None:
    """Make SQLite's trigram table of a module, and the triggers that keep it."""
    if module.search_index is not None:
        for statement in create_search_index(module.search_index, module.table.name):
            connection.exec_driver_sql(statement)


def fill_search(connection: Connection, module: ModuleTable) -> None:
    """Put the records that are there into SQLite's new trigram table; its triggers see to later ones."""
    if module.search_index is not None:
        index, table = quoted(module.search_index), quoted(module.table.name)
        connection.exec_driver_sql(
            f"INSERT INTO {index} (rowid, search_text)"
            f" SELECT id, search_text FROM {table} WHERE search_text IS NOT NULL"
        )


def create_everything(connection: Connection, tables: Tables, schema: str) -> None:
    """Set up an empty database with every table of the catalog; what a test needs, and what applying does in
    steps.
    """
    initialise(connection, tables, schema)
    made = [*(module.table for module in tables.modules.values()), *tables.links.values()]
    for table in made:
        create_table(connection, table)
    for table in made:
        add_foreign_keys(connection, table)
        for index in table.indexes:
            create_index(connection, index)
    for module in tables.modules.values():
        create_search(connection, module)


def needs_trigrams(index: Index) -> bool:
    """Whether an index is one of PostgreSQL's trigrams."""
    return "gin_trgm_ops" in index.dialect_options["postgresql"]["ops"].values()


def has_trigrams(connection: Connection) -> bool:
    """Whether this PostgreSQL has the extension pg_trgm where the site sees it."""
    query = "SELECT 1 FROM pg_opclass WHERE opcname = 'gin_trgm_ops' AND pg_opclass_is_visible(oid)"
    return connection.dialect.name == "postgresql" and connection.execute(text(query)).first() is not None


def install_trigrams(connection: Connection) -> None:
    """Give PostgreSQL its extension for searching inside words, where it has it and lets us."""
    try:
        with connection.begin_nested():
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public"))
    except DBAPIError:
        return  # not installed on the server, or this account may not: searching then reads every record
