"""Backups of PostgreSQL: a copy is what `pg_dump` writes of the site's schema, in its own packed form."""

import os
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

from sqlalchemy import text

from runtime.change.revisions import open_applied
from runtime.storage.clients import Clients, find_clients
from runtime.storage.database import Database
from runtime.storage.ddl import has_trigrams, install_trigrams
from runtime.storage.engines import application_name, quoted
from runtime.storage.errors import BusyError, UnavailableError
from runtime.storage.inspect import inspect
from runtime.upkeep.contents import Contents, read_contents
from runtime.upkeep.errors import DamagedError, RefusedError
from runtime.upkeep.manifest import Manifest

_NAME = rb'("(?:[^"]|"")*"|[^". (]+)'
COPY = re.compile(rb"COPY " + _NAME + rb"\." + _NAME + rb" \(")
"""How the rows of a table begin in what `pg_restore` writes."""
END = b"\\.\n"
LONGEST_LINE = 1 << 28
PATIENCE = 10
"""Seconds to wait for a lock."""


class PostgresqlEngine:
    """One schema of a database."""

    name = "postgresql"
    member = "database.dump"
    is_packed = True

    def __init__(self, address: str, schema: str, programs: Path | None) -> None:
        self._address = address
        self._schema = schema
        self._programs = programs

    def version(self, database: Database) -> str:
        """The server's version."""
        with database.read() as connection:
            return str(connection.execute(text("SHOW server_version")).scalar_one())

    def size(self, database: Database) -> int:
        """The tables without their indexes, which a copy has only the definition of."""
        query = (
            "SELECT coalesce(sum(pg_table_size(c.oid)), 0) FROM pg_class c JOIN pg_namespace n"
            " ON n.oid = c.relnamespace WHERE n.nspname = :schema AND c.relkind = 'r'"
        )
        with database.read() as connection:
            return int(connection.execute(text(query), {"schema": self._schema}).scalar_one())

    def copy(self, database: Database, target: Path) -> Contents:
        """By `pg_dump`, of the same snapshot in which the rows are counted."""
        with database.snapshot() as connection:
            clients = self._clients(connection.execute(text("SHOW server_version_num")).scalar_one())
            snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
            found = read_contents(connection, self._schema)
            clients.run(
                "pg_dump",
                "--format=custom",
                "--compress=1",
                "--no-owner",
                "--no-privileges",
                f"--lock-wait-timeout={PATIENCE}s",
                f"--snapshot={snapshot}",
                f"--schema={quoted(self._schema)}",
                f"--file={target}",
                *clients.to_database(),
            )
        handle = os.open(target, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
        return found

    def check(self, copy: Path, manifest: Manifest) -> None:
        """Unpack all of it, and count the rows of each table."""
        clients = self._clients(_major(manifest.engine_version) * 10_000)
        try:
            with clients.reading("pg_restore", "--data-only", "--file=-", str(copy)) as output:
                counts = dict(_counted(output))
        except UnavailableError as error:
            raise DamagedError(f"The copy of the database cannot be read: {error}") from error
        wanted = dict(manifest.tables)
        differ = sorted(name for name in wanted if counts.get(name) != wanted[name])
        if differ:
            raise DamagedError(f"The copy has other rows than the manifest says, in {', '.join(differ[:5])}.")

    def tables(self) -> frozenset[str] | None:
        """What the schema holds."""
        with self._opened() as database, database.read() as connection:
            return frozenset(inspect(connection, self._schema).tables) or None

    def check_alone(self) -> None:
        """By the names of the connections that PostgreSQL knows of."""
        query = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = :name AND pid <> pg_backend_pid()"
        )
        with self._opened() as database, database.read() as connection:
            others = connection.execute(query, {"name": application_name(self._schema)}).scalar_one()
        if others:
            raise BusyError(
                "Another Trellis has this database open: stop `trellis serve` and the workers first."
            )

    def put_back(self, copy: Path, manifest: Manifest, *, replace: bool) -> None:
        """By `pg_restore` through `psql`, in one transaction, after dropping what stands there."""
        if manifest.schema != self._schema:
            raise RefusedError(
                f"The backup is of the schema {manifest.schema}: set TRELLIS_SCHEMA={manifest.schema}."
            )
        self.check_alone()
        with self._opened() as database:
            clients = self._clients(max(self._server(database), _major(manifest.engine_version) * 10_000))
            dropped = self._dropping(database) if replace else ""
        made = f"CREATE SCHEMA IF NOT EXISTS {quoted(self._schema)};"
        beginning = f"SET lock_timeout = '{PATIENCE}s';\n{dropped}{made}\n"
        order = copy.with_name(f"{copy.name}.list")
        with clients.reading("pg_restore", "--list", str(copy)) as output:
            order.write_bytes(b"".join(line for line in output if not _is_schema(line)))
        words = ("--no-owner", "--no-privileges", "--file=-", f"--use-list={order}", str(copy))
        with clients.reading("pg_restore", *words) as script:
            clients.feed(
                "psql",
                "--no-psqlrc",
                "--quiet",
                "--single-transaction",
                "--set=ON_ERROR_STOP=1",
                "--output=/dev/null",
                *clients.to_database(),
                beginning=beginning,
                rest=script,
            )
        with self._opened() as database:
            database.optimize()

    def _opened(self) -> "closing[Database]":
        return closing(Database.open(self._address, self._schema, pool=2))

    def _clients(self, number: object) -> Clients:
        return find_clients(self._programs, int(str(number)) // 10_000, self._address, os.environ)

    def _server(self, database: Database) -> int:
        with database.write() as tx:
            tx.connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {quoted(self._schema)}"))
            install_trigrams(tx.connection)
            if not has_trigrams(tx.connection):
                raise UnavailableError(
                    "The extension pg_trgm is missing: CREATE EXTENSION pg_trgm WITH SCHEMA public."
                )
            return int(tx.connection.execute(text("SHOW server_version_num")).scalar_one())

    def _dropping(self, database: Database) -> str:
        # What a runtime has made there, and nothing else: another program's tables stay.
        with database.read() as connection:
            applied = open_applied(connection, self._schema)
            made = {*applied.names.tables.values(), *applied.names.links.values()} if applied else set()
            live = inspect(connection, self._schema)
            names = sorted(name for name in live.tables if name.startswith("trellis_") or name in made)
            query = (
                "SELECT format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid))"
                " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
                " WHERE n.nspname = :schema AND p.proname LIKE 'trellis\\_%'"
            )
            functions = connection.execute(text(query), {"schema": self._schema}).scalars().all()
        place = quoted(self._schema)
        lines = [f"DROP TABLE {place}.{quoted(name)} CASCADE;" for name in names]
        lines.append(f"DROP SEQUENCE IF EXISTS {place}.trellis_ids CASCADE;")
        lines += [f"DROP ROUTINE IF EXISTS {name} CASCADE;" for name in functions]
        return "\n".join(lines) + "\n"


def _counted(output: IO[bytes]) -> Iterator[tuple[str, int]]:
    """Each table of a script, and how many rows it has."""
    for line in iter(lambda: output.readline(LONGEST_LINE), b""):
        if (found := COPY.match(line)) is not None:
            rows = 0
            for row in iter(lambda: output.readline(LONGEST_LINE), b""):
                if row == END:
                    break
                rows += row.endswith(b"\n")
            yield _plain(found[2].decode()), rows


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _is_schema(line: bytes) -> bool:
    """Whether an entry of the list makes the schema itself, or says something about it."""
    return re.match(rb"\d+; \d+ \d+ (SCHEMA|COMMENT - SCHEMA) ", line) is not None


def _major(version: str) -> int:
    found = re.match(r"\d+", version)
    if found is None:
        raise DamagedError("The backup's manifest is not whole.")
    return int(found[0])
