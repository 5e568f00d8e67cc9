"""Fixtures that give each test a fresh database of its own, on SQLite and on PostgreSQL.

`database_url` is an empty database's SQLAlchemy URL, and a test that takes it runs once on each engine. A
fixture that needs a filled one takes `databases` and `database_engine`, and asks for a copy of a template:

    with databases.fresh(database_engine, Template(name, fill)) as url: ...

`fill(url)` runs once in a whole test run for each name and engine; every later database is a copy. The name
must say all that the content depends on: the text of the pack, say.
"""

import hashlib
import os
import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from tests.support import postgresql
from tests.support.programs import find_postgresql, missing

RUN_FOLDER = "TRELLIS_TEST_RUN_FOLDER"
MEMORY, DISK = Path("/dev/shm"), Path("/tmp")
"""Where runs have their folders: in memory where there is much of it, for making databases is mostly writing.
Both are short, for a socket's path has 107 characters at most, and open to the server's account.
"""
MUCH = 6 << 30
"""Bytes that are free."""
PREFIX = "trellis-tests-"


@dataclass(frozen=True)
class Template:
    """What a database is filled with before it is copied: a name for the content and what writes it."""

    name: str
    fill: Callable[[str], None]

    @property
    def key(self) -> str:
        """The name in a form that a file and a database can have."""
        return "template_" + hashlib.sha256(self.name.encode()).hexdigest()[:24]


STRATEGY = "FILE_COPY"
"""How PostgreSQL copies a template: the files themselves, which costs nothing where they are never synced."""
FIRST = 150_000
"""The version that has a choice; those before do just that."""


class Databases:
    """Makes databases and drops them; one for each process of the test run, all on the run's one server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._admin: psycopg.Connection[Any] | None = None
        self._asked: set[tuple[str, str]] = set()

    @contextmanager
    def filled(self, engine: str, template: Template) -> Iterator[str]:
        """Gives the URL of a database that is empty, or already a copy of what the template would write.

        For who fills it if need be, and anyhow soon: making tables takes long, and a template pays from the
        second time on that it is asked for.
        """
        pays = (engine, template.key) in self._asked
        self._asked.add((engine, template.key))
        with self.fresh(engine, template if pays else None) as url:
            yield url

    @contextmanager
    def fresh(self, engine: str, template: Template | None = None) -> Iterator[str]:
        """Gives the URL of a new database of the engine, `sqlite` or `postgresql`, and drops it after."""
        make = {"sqlite": self._fresh_sqlite, "postgresql": self._fresh_postgresql}[engine]
        with make(template) as url:
            yield url

    def close(self) -> None:
        """Closes the connection that creates databases."""
        if self._admin:
            self._admin.close()

    @contextmanager
    def _fresh_sqlite(self, template: Template | None) -> Iterator[str]:
        folder = self._folder / "sqlite" / uuid.uuid4().hex
        folder.mkdir(parents=True)
        file = folder / "x.db"
        if template:
            shutil.copyfile(self._sqlite_template(template), file)
        try:
            yield f"sqlite:///{file}"
        finally:
            shutil.rmtree(folder)

    def _sqlite_template(self, template: Template) -> Path:
        file = self._folder / f"{template.key}.db"
        with postgresql.locked(file.with_suffix(".lock")):
            if not file.exists():
                building = file.with_suffix(".building.db")
                building.unlink(missing_ok=True)
                template.fill(f"sqlite:///{building}")
                with closing(sqlite3.connect(building)) as connection:
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                building.rename(file)
        return file

    @contextmanager
    def _fresh_postgresql(self, template: Template | None) -> Iterator[str]:
        admin = self._postgresql()
        source = self._postgresql_template(template) if template else "template0"
        name = f"test_{uuid.uuid4().hex}"
        strategy = f" STRATEGY {STRATEGY}" if admin.info.server_version >= FIRST else ""
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {source}{strategy}")
        try:
            yield postgresql.url(self._folder, name)
        finally:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _postgresql(self) -> psycopg.Connection[Any]:
        if not self._admin:
            programs = find_postgresql()
            if not programs:
                missing("There is no PostgreSQL server here. On Debian or Ubuntu: apt-get install postgresql")
            postgresql.ensure_running(self._folder, programs)
            self._admin = postgresql.connect(self._folder)
        return self._admin

    def _postgresql_template(self, template: Template) -> str:
        admin, key = self._postgresql(), template.key
        with postgresql.locked(self._folder / f"{key}.lock"):
            if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [key]).fetchone():
                building = f"{key}_building"
                admin.execute(f"DROP DATABASE IF EXISTS {building} WITH (FORCE)")
                admin.execute(f"CREATE DATABASE {building} TEMPLATE template0")
                template.fill(postgresql.url(self._folder, building))
                # A template must have no visitors: neither a pool that fill() left open nor a later vacuum.
                admin.execute(f"ALTER DATABASE {building} ALLOW_CONNECTIONS false")
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [building]
                )
                admin.execute(f"ALTER DATABASE {building} RENAME TO {key}")
        return key


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Makes databases, empty or filled, for fixtures that need more than `database_url`."""
    with closing(Databases(Path(os.environ[RUN_FOLDER]))) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def database_engine(request: pytest.FixtureRequest) -> str:
    """The name of the database engine; a test that takes it, or a database, runs once on each."""
    engine: str = request.param
    return engine


@pytest.fixture
def database_url(databases: Databases, database_engine: str) -> Iterator[str]:
    """The SQLAlchemy URL of a fresh, empty database that is dropped after the test."""
    with databases.fresh(database_engine) as url:
        yield url


def pytest_configure(config: pytest.Config) -> None:
    """Names the run's folder before the workers start; the first test that asks starts the server in it."""
    if not hasattr(config, "workerinput"):
        _remove_leftovers()
        folder = (MEMORY if _has_room(MEMORY) else DISK) / f"{PREFIX}{os.getpid()}"
        folder.mkdir()
        os.environ[RUN_FOLDER] = str(folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stops the server after the last worker has ended."""
    if not hasattr(config, "workerinput") and RUN_FOLDER in os.environ:
        postgresql.stop(Path(os.environ.pop(RUN_FOLDER)))


def _has_room(folder: Path) -> bool:
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > MUCH


def _remove_leftovers() -> None:
    # A run that was killed could not stop its server; the next run of the same account does.
    for folder in (*MEMORY.glob(f"{PREFIX}*"), *DISK.glob(f"{PREFIX}*")):
        pid = folder.name.removeprefix(PREFIX)
        if os.access(folder, os.W_OK) and pid.isdigit() and not psutil.pid_exists(int(pid)):
            postgresql.stop(folder)
