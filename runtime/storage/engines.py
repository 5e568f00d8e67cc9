"""The one engine factory: how a connection to SQLite or PostgreSQL is opened, for reading and for writing.

Reading and writing have a pool each. A reading connection has no transaction and cannot write; a writing one
begins every transaction explicitly (``BEGIN IMMEDIATE`` on SQLite), so that DDL rolls back like everything
else, and so that on PostgreSQL the beginning goes with the first statement (:mod:`runtime.storage.driving`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from runtime.expressions.database import register_sqlite
from runtime.storage import driving
from runtime.storage.errors import UnavailableError

UNLISTED = MappingProxyType(
    {
        "sqlite": frozenset({"nothing", "returning"}),
        "postgresql": frozenset({"collation", "concurrently", "lateral", "system_user", "tablesample"}),
    }
)
"""Words that an engine takes for its own and SQLAlchemy would not quote."""

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # NORMAL may lose the last commits when the power goes
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-4096",  # KiB, each connection; mmap_size stays 0, it makes a known corruption worse
)
SAFE_SQLITE = (3, 51, 3)
"""The first SQLite without the race of a WAL reset against a checkpoint of another connection."""


@dataclass(frozen=True, slots=True)
class Engines:
    """The two pools of one site's database, and beside them connections that are opened when they are
    needed: they may write, and have no transaction.
    """

    reading: Engine
    writing: Engine
    aside: Engine


def open_engines(url: str, schema: str, pool: int, patience: float) -> Engines:
    """Make the pools. ``patience`` is the longest wait for a lock or for a free connection, in seconds.

    Raises :class:`UnavailableError` with a whole sentence where the address cannot be used.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise UnavailableError(
            f"{url!r} is not a database's address, such as sqlite:///var/trellis.db."
        ) from error
    match address.get_backend_name():
        case "sqlite":
            return _sqlite(address, pool, patience)
        case "postgresql":
            return _postgresql(address.set(drivername="postgresql+psycopg"), schema, pool, patience)
        case other:
            raise UnavailableError(f"Trellis keeps its data in SQLite or PostgreSQL, not in {other}.")


def _sqlite(url: URL, pool: int, patience: float) -> Engines:
    if not url.database or url.database == ":memory:" or "mode" in url.query:
        raise UnavailableError(
            "SQLite needs a file, such as sqlite:///var/trellis.db; memory has one connection."
        )
    try:
        Path(url.database).absolute().parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(f"The folder of {url.database} cannot be made: {error.strerror}.") from error
    shared: dict[str, Any] = {
        "connect_args": {
            "timeout": patience,
            "check_same_thread": False,
            "isolation_level": None,
            "cached_statements": 512,
        },
        "pool_timeout": patience,
        "max_overflow": 0,
    }
    reading = create_engine(url, pool_size=pool, **shared)
    writing = create_engine(url, pool_size=1, **shared)
    _quote_unlisted(reading, writing)
    event.listen(reading, "connect", _sqlite_setup((*SQLITE_PRAGMAS, "PRAGMA query_only=ON")))
    event.listen(writing, "connect", _sqlite_setup(SQLITE_PRAGMAS))
    event.listen(writing, "begin", _begin_immediate)
    aside = create_engine(url, poolclass=NullPool, connect_args=shared["connect_args"])
    event.listen(aside, "connect", _sqlite_setup(SQLITE_PRAGMAS))
    return Engines(reading, writing, aside)


def _sqlite_setup(pragmas: tuple[str, ...]) -> Callable[[Any, Any], None]:
    def setup(connection: Any, _record: Any) -> None:
        for pragma in pragmas:
            connection.execute(pragma)
        register_sqlite(connection)

    return setup


def _quote_unlisted(*engines: Engine) -> None:
    for engine in engines:
        engine.dialect.identifier_preparer.reserved_words |= UNLISTED[engine.dialect.name]


def _begin_immediate(connection: Connection) -> None:
    # A deferred transaction that reads and then writes fails at once, whatever the busy timeout is.
    driving.run(connection, "BEGIN IMMEDIATE", [()])


def _begin_waiting(connection: Connection) -> None:
    driving.let_wait(connection)
    driving.run(connection, "BEGIN", [()])


def _send_first(connection: Connection, *_: Any) -> None:
    driving.send_waiting(connection)


def _send_and_end(connection: Connection) -> None:
    driving.send_and_commit(connection)
    driving.drop_waiting(connection)


def _postgresql(url: URL, schema: str, pool: int, patience: float) -> Engines:
    shared: dict[str, Any] = {"pool_size": pool, "pool_timeout": patience, "max_overflow": 0}
    reading = create_engine(url, isolation_level="AUTOCOMMIT", **shared)
    writing = create_engine(url, isolation_level="AUTOCOMMIT", **shared)
    event.listen(writing, "begin", _begin_waiting)
    event.listen(writing, "before_cursor_execute", _send_first)
    event.listen(writing, "commit", _send_and_end)
    event.listen(writing, "rollback", driving.drop_waiting)
    _quote_unlisted(reading, writing)
    path = f"{quoted(schema)}, public" if schema != "public" else "public"
    everyone = {"search_path": path, "timezone": "UTC", "lock_timeout": f"{int(patience * 1000)}ms"}
    event.listen(reading, "connect", _postgresql_setup({**everyone, "default_transaction_read_only": "on"}))
    event.listen(writing, "connect", _postgresql_setup(everyone))
    aside = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    event.listen(aside, "connect", _postgresql_setup(everyone))
    for engine in (reading, writing, aside):
        event.listen(engine, "do_connect", _named(schema))
    return Engines(reading, writing, aside)


def _named(schema: str) -> Callable[..., None]:
    def name(_dialect: Any, _record: Any, _args: Any, parameters: dict[str, Any]) -> None:
        parameters.setdefault("application_name", application_name(schema))

    return name


def application_name(schema: str) -> str:
    """What a site's connections are called in PostgreSQL's own list of those that are open."""
    return f"trellis {schema}"[:63]


def _postgresql_setup(settings: dict[str, str]) -> Callable[[Any, Any], None]:
    calls = ", ".join("set_config(%s, %s, false)" for _ in settings)
    values = [part for setting in settings.items() for part in setting]

    def setup(connection: Any, _record: Any) -> None:
        # Outside a transaction, for a rollback would take the settings away again.
        before, connection.autocommit = connection.autocommit, True
        connection.execute(f"SELECT {calls}", values)
        connection.autocommit = before

    return setup


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
