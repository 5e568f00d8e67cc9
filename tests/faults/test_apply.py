"""Faults: an apply or a rollback that is killed anywhere is finished by the next one, or was never begun, and
the data is the same as if nobody had died.

Every test run kills a few, at boundaries that a seed chooses: it is printed, and TRELLIS_FAULTS_SEED plays it
again. ``make faults`` kills each three times, on each database.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from runtime.base.clock import SystemClock
from runtime.change.apply import Applied, apply
from runtime.change.journal import unfinished
from runtime.change.rollback import aim_at
from runtime.storage.database import Database
from runtime.storage.inspect import inspect
from tests.faults.dying import SIZES, watched
from tests.support.crm import open_app, write_pack
from tests.support.databases import Databases, Template
from tests.support.packs import house, load_pack

Data = dict[str, list[dict[str, Any]]]

SOME = 2
"""So many boundaries of each way are died at in every run."""
TIMES = 3
RECORDS = 50
BEFORE = """
    schemas/picklists/stages.yaml:
      values: {open: {label: Open}, small: {label: Small}, won: {label: Won}}
    schemas/modules/deals.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        code: {type: text}
        former: {type: integer}
        age: {type: text}
        stage: {type: picklist, picklist: stages}
"""
AFTER = """
    schemas/picklists/stages.yaml:
      values: {open: {label: Open}, won: {label: Won, was: small}}
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
        years: {type: integer, was: age, convert: "=number(replace(age, ' years', ''))"}
        word: {type: text, split: name, convert: "=before(name, ' ')"}
        stage: {type: picklist, picklist: stages}
"""
OTHER = BEFORE.replace("former: {type: integer}", "size: {type: text}")


@dataclass
class Trial:
    """One way from a database to another, on which somebody dies."""

    databases: Databases
    engine: str
    folder: Path
    way: str
    boundaries: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        write_pack(self.folder / "after", AFTER)
        self.template = Template(f"killed {self.way} {BEFORE} {AFTER}", self._fill)
        with self.databases.fresh(self.engine, self.template) as url, watched(self.boundaries.append):
            self._do(url)
            self.expected = _data(url)

    def die_at(self, place: int) -> None:
        """Kill it there, and let another finish it."""
        with self.databases.fresh(self.engine, self.template) as url:
            before, revision = _data(url), _revision(url)
            words = ["apply", str(self.folder / "after")] if self.way == "apply" else ["rollback", "1"]
            killed = _run(url, *words, die_at=place)
            assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr
            _settle(url)
            if _revision(url) == revision:
                assert _seen(url, before) == before, killed.stdout
            self._do(url)
            assert _data(url) == self.expected, killed.stdout
            assert _revision(url) == revision + 1
            assert _unfinished(url) is None

    def _fill(self, url: str) -> None:
        _fill(self.folder, url)
        if self.way == "rollback":
            _apply(url, self.folder / "after")

    def _do(self, url: str) -> None:
        if self.way == "apply":
            _apply(url, self.folder / "after")
        else:
            _roll_back(url)


@pytest.fixture(params=["apply", "rollback"])
def trial(
    request: pytest.FixtureRequest, databases: Databases, database_engine: str, tmp_path: Path
) -> Trial:
    """A way to die on."""
    return Trial(databases, database_engine, tmp_path, request.param)


def test_what_is_killed_somewhere_is_finished_by_the_next(trial: Trial, capsys: pytest.CaptureFixture[str]):
    seed = int(os.environ.get("TRELLIS_FAULTS_SEED", random.randrange(1 << 32)))
    places = random.Random(seed).sample(range(1, len(trial.boundaries) + 1), SOME)
    with capsys.disabled():
        where = f"the boundaries {places} of {len(trial.boundaries)}"
        print(f"\n{trial.engine}: a killed {trial.way} at {where} (TRELLIS_FAULTS_SEED={seed})")
    for place in places:
        trial.die_at(place)


@pytest.mark.fault
@pytest.mark.timeout(3600)
def test_what_is_killed_at_any_boundary_is_finished_by_the_next(
    trial: Trial, capsys: pytest.CaptureFixture[str]
):
    for _ in range(TIMES):
        for place in range(1, len(trial.boundaries) + 1):
            trial.die_at(place)
    with capsys.disabled():
        where = f"at each of {len(trial.boundaries)} boundaries"
        print(f"\n{trial.engine}: a killed {trial.way} {where}, {TIMES} times: all well")


@pytest.mark.fault
def test_what_a_killed_apply_has_made_is_cleared_away_for_another_target(
    databases: Databases, database_engine: str, tmp_path: Path
):
    pack, other = write_pack(tmp_path / "after", AFTER), write_pack(tmp_path / "other", OTHER)
    template = Template(f"killed apply {BEFORE}", lambda url: _fill(tmp_path, url))
    with databases.fresh(database_engine, template) as url:
        assert _run(url, "apply", str(pack), die_at=14).returncode == -signal.SIGKILL
        _settle(url)
        assert _unfinished(url) is not None
        ended = _run(url, "apply", str(other))
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
        stages = ("open", "small", "won")
        with app.site.database.write() as tx:
            rows = [
                {
                    "id": number,
                    "version": 1,
                    "name": f"Deal {place}",
                    "code": f"C-{place}",
                    "former": place,
                    "age": f"{place} years",
                    "stage": stages[place % 3],
                }
                for place, number in enumerate(tx.allocate_ids(RECORDS))
            ]
            tx.connection.execute(table.insert(), rows)


def _apply(url: str, pack: Path) -> None:
    loaded = load_pack(pack)
    assert loaded.catalog is not None
    with _opened(url) as database:
        done = apply(
            database, loaded.catalog, loaded.layers, house().types, SystemClock(), accept_lossy=True,
            sizes=SIZES,
        )  # fmt: skip
    assert isinstance(done, Applied), done.refusals


def _roll_back(url: str) -> None:
    parts = house()
    with _opened(url) as database:
        with database.read() as connection:
            aim = aim_at(connection, 1, database.schema, parts.types, parts.checks, parts.language)
        assert aim.loaded.catalog is not None
        layers, to = aim.revision.layers, aim.revision
        done = apply(
            database, aim.loaded.catalog, layers, parts.types, SystemClock(), accept_lossy=True,
            back_to=to, sizes=SIZES,
        )  # fmt: skip
    assert isinstance(done, Applied), done.refusals


def _run(url: str, *words: str, die_at: int = 0) -> "subprocess.CompletedProcess[str]":
    environment = {
        **os.environ,
        "TRELLIS_DATABASE": url,
        "PYTHONPATH": str(Path.cwd()),
        "DIE_AT": str(die_at),
    }
    command = [sys.executable, "-m", "tests.faults.dying", *words, "--yes", "--accept-lossy"]
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
    """What all the tables of records hold, and what was set aside."""
    keys = {"deals": "id", "accounts": "id", "deals__partners": "source_id"}
    keys["trellis_quarantine"] = "revision_id, module, field, record_id"
    with _opened(url) as database, database.read() as connection:
        there = inspect(connection, database.schema)
        return {
            table: [
                {name: value for name, value in row._mapping.items() if name != "kept_until"}
                for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY {key}"))
            ]
            for table, key in keys.items()
            if there.has(table)
        }


def _seen(url: str, before: Data) -> Data:
    """What the revision of before sees of it: the tables and the columns that it knows."""
    now = _data(url)
    return {
        table: [{key: row[key] for key in rows[0]} for row in now[table]] if rows else now[table]
        for table, rows in before.items()
    }
