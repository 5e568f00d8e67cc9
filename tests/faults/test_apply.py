"""Faults: an apply that is killed at any boundary is finished by the next one, or was never begun, and the
data is the same as if nobody had died.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from runtime.change.journal import unfinished
from runtime.storage.database import Database
from runtime.storage.inspect import inspect
from tests.support.crm import open_app, write_pack
from tests.support.databases import Databases, Template

Data = dict[str, list[dict[str, Any]]]
pytestmark = [pytest.mark.fault, pytest.mark.timeout(3600)]

LONG = os.environ.get("TRELLIS_FAULTS") == "long"
TIMES = 3 if LONG else 1
RECORDS = 50
BEFORE = """
    schemas/modules/deals.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        code: {type: text}
        former: {type: integer}
"""
AFTER = """
    schemas/modules/accounts.yaml:
      title: name
      fields:
        name: {type: text}
    schemas/modules/deals.yaml:
      title: name
      search: [name, code]
      fields:
        name: {type: text, required: true}
        code: {type: text, unique: true}
        size: {type: decimal, required: true, default: 2.5, index: true}
        account: {type: relation, module: accounts}
        partners: {type: relations, module: accounts}
        double: {type: decimal, formula: size * 2}
"""
OTHER = BEFORE.replace("former: {type: integer}", "size: {type: text}")


def test_an_apply_that_is_killed_at_any_boundary_is_finished_by_the_next(
    databases: Databases,
    database_engine: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    pack = write_pack(tmp_path / "after", AFTER)
    template = Template(f"killed apply {BEFORE}", lambda url: _fill(tmp_path, url))
    with databases.fresh(database_engine, template) as url:
        ended = _run(url, pack)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        expected = _data(url)
        count = int(re.search(r"boundaries: (\d+)", ended.stdout)[1])  # type: ignore[index]
    places = range(1, count + 1) if LONG else sorted({2, count // 3, count * 2 // 3, count - 1})
    for place in places:
        for _ in range(TIMES):
            with databases.fresh(database_engine, template) as url:
                before = _data(url)
                killed = _run(url, pack, place)
                assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr
                _settle(url)
                if _revision(url) == 1:
                    assert _seen(url, before) == before, killed.stdout
                ended = _run(url, pack)
                assert ended.returncode == 0, killed.stdout + ended.stdout + ended.stderr
                assert _data(url) == expected, killed.stdout
                assert _revision(url) == 2
                assert _unfinished(url) is None
    with capsys.disabled():
        where = f"{len(places)} of {count} boundaries, {TIMES} times each"
        print(f"\n{database_engine}: killed at {where}: all well")


def test_what_a_killed_apply_has_made_is_cleared_away_for_another_target(
    databases: Databases, database_engine: str, tmp_path: Path
):
    pack, other = write_pack(tmp_path / "after", AFTER), write_pack(tmp_path / "other", OTHER)
    template = Template(f"killed apply {BEFORE}", lambda url: _fill(tmp_path, url))
    with databases.fresh(database_engine, template) as url:
        assert _run(url, pack, 14).returncode == -signal.SIGKILL
        _settle(url)
        assert _unfinished(url) is not None
        ended = _run(url, other)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert "cleared away first" in ended.stdout
        assert _unfinished(url) is None
        assert all(row["size"] is None for row in _data(url)["deals"])
        assert "accounts" not in _data(url)


def _fill(folder: Path, url: str) -> None:
    """A database with the records of before."""
    with ExitStack() as stack:
        app = open_app(stack, url, folder / "filling", write_pack(folder / "before", BEFORE))
        table = app.site.live.tables.module("deals").table
        with app.site.database.write() as tx:
            rows = [
                {"id": number, "version": 1, "name": f"Deal {place}", "code": f"C-{place}", "former": place}
                for place, number in enumerate(tx.allocate_ids(RECORDS))
            ]
            tx.connection.execute(table.insert(), rows)


def _run(url: str, pack: Path, die_at: int = 0) -> "subprocess.CompletedProcess[str]":
    environment = {
        **os.environ,
        "TRELLIS_DATABASE": url,
        "PYTHONPATH": str(Path.cwd()),
        "DIE_AT": str(die_at),
    }
    command = [sys.executable, "-m", "tests.faults.dying", "apply", str(pack), "--yes"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database.open(url, pool=2)
    try:
        yield database
    finally:
        database.close()


def _settle(url: str) -> None:
    """Wait for PostgreSQL to notice that its client is gone."""
    if url.startswith("sqlite"):
        return
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    )
    with _opened(url) as database, database.read() as connection:
        for _ in range(300):
            if connection.execute(text(query)).scalar() == 0:
                return
            time.sleep(0.1)


def _revision(url: str) -> int:
    with _opened(url) as database, database.read() as connection:
        return int(connection.execute(text("SELECT max(id) FROM trellis_revisions")).scalar() or 0)


def _unfinished(url: str) -> object:
    with _opened(url) as database, database.read() as connection:
        return unfinished(connection)


def _data(url: str) -> Data:
    """What all the tables of records hold."""
    keys = {"deals": "id", "accounts": "id", "deals__partners": "source_id"}
    with _opened(url) as database, database.read() as connection:
        there = inspect(connection, database.schema)
        return {
            table: [
                dict(row._mapping)
                for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY {key}"))
            ]
            for table, key in keys.items()
            if there.has(table)
        }


def _seen(url: str, before: Data) -> Data:
    """What the revision of before sees of it: the tables and the columns that it knows."""
    now = _data(url)
    return {
        table: [{key: row[key] for key in rows[0]} for row in now[table]] for table, rows in before.items()
    }
