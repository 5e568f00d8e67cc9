"""Tests of recomputing in the background: whole modules, in chunks that land, honestly told meanwhile."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from runtime.automation.operations import recompute
from runtime.automation.worker import Worker
from runtime.base.clock import FrozenClock
from runtime.identity.actor import SYSTEM
from runtime.records import staying_current
from runtime.records.change import Change, Saved
from runtime.storage.operations import StoredOperation
from tests.support.crm import App
from tests.unit.automation.desk import Power

PACK = """
    schemas/modules/accounts.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        industry: {type: text}
    schemas/modules/deals.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        account: {type: relation, module: accounts, inverse: deals}
        industry: {type: text, formula: account.industry}
        shout: {type: text, formula: upper(industry)}
"""


ROOT = Path(__file__).parents[3]
KILLED = """
import os, signal, sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from runtime.assembly import House
from runtime.automation.operations import recompute
from runtime.automation.worker import Worker

folder, chunk, done = Path(sys.argv[2]), recompute._chunk, []

def cut(*given):
    found = chunk(*given)
    done.append(found)
    if len(done) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return found

recompute.CHUNK, recompute._chunk = 2, cut
house = House({"TRELLIS_DATABASE": sys.argv[1]}, StringIO(), StringIO(), folder=folder)
site = house.open_site(folder / "pack")
Worker(site, site.background, "killed", timedelta(seconds=30)).drain()
"""


class Site:
    """A site with an account that more deals point at than one save recomputes."""

    def __init__(self, app: App, clock: FrozenClock) -> None:
        self.app = app
        self.clock = clock
        self.account = self.save(Change("accounts", {"name": "One", "industry": "steel"}))
        deals = [Change("deals", {"name": f"{number}", "account": self.account}) for number in range(7)]
        self.deal = [self.save(each) for each in deals][-1]

    def save(self, change: Change) -> int:
        live = self.app.site.live
        with self.app.site.database.write() as tx:
            (saved,) = live.writer.save(tx, [change], SYSTEM, live.parsing(SYSTEM, "rest"))
        assert isinstance(saved, Saved)
        return saved.id

    def change(self, industry: str) -> None:
        self.save(Change("accounts", {"industry": industry}, self.account))

    def worker(self, name: str = "one") -> Worker:
        return Worker(self.app.site, self.app.site.background, name, timedelta(seconds=30))

    def values(self, key: str = "shout") -> list[object]:
        table = self.app.site.live.tables.module("deals")
        with self.app.site.database.read() as connection:
            return list(connection.execute(select(table.table.c[key]).order_by(table.table.c.id)).scalars())

    def operations(self) -> list[StoredOperation]:
        with self.app.site.database.read() as connection:
            return self.app.site.background.operations.latest(connection, 10)

    def stale(self) -> list[str]:
        with self.app.site.database.read() as connection:
            return [each.field for each in self.app.site.live.stale.of(connection, "deals")]


@pytest.fixture
def site(crm: Callable[..., App], monkeypatch: pytest.MonkeyPatch) -> Site:
    """The site; a save recomputes 3 records, and a chunk has 2."""
    clock = FrozenClock(datetime(2026, 3, 4, 12, 0, tzinfo=UTC))
    monkeypatch.setattr(recompute, "CHUNK", 2)
    app = crm(PACK, clock=clock)
    made = Site(app, clock)
    monkeypatch.setattr(staying_current, "MOST", 3)
    return made


def test_a_large_fan_out_goes_on_in_the_background_and_is_told_until_it_is_done(site: Site):
    site.change("paper")
    assert site.values() == ["STEEL"] * 7
    assert site.stale() == ["industry", "shout"]
    browser, program = site.app.sign_in(), site.app.program()
    said = "Some values are still being recomputed in the background: Industry, Shout."
    assert said in browser.get("/app/deals")
    assert said in browser.get(f"/app/deals/{site.deal}")
    assert program("GET", "/api/v1/deals").json()["recomputing"] == ["industry", "shout"]
    assert site.worker().drain() == 1
    (operation,) = site.operations()
    assert (operation.state, operation.done, operation.total) == ("done", 14, 14)
    assert operation.result is not None
    assert operation.result["counts"] == {"changed": 14}
    assert site.values() == ["PAPER"] * 7
    assert site.stale() == []
    assert "recomputing" not in program("GET", "/api/v1/deals").json()


def test_another_worker_goes_on_from_the_chunk_that_landed_last(site: Site, monkeypatch: pytest.MonkeyPatch):
    site.change("paper")
    chunk = recompute._chunk
    done: list[object] = []

    def cut(*given: Any) -> int:
        if len(done) == 2:
            raise Power
        done.append(given)
        return chunk(*given)

    monkeypatch.setattr(recompute, "_chunk", cut)
    with pytest.raises(Power):
        site.worker().drain()
    assert site.values("industry") == ["paper"] * 4 + ["steel"] * 3
    monkeypatch.setattr(recompute, "_chunk", chunk)
    site.clock.moment += timedelta(seconds=60)
    assert site.worker("two").drain() == 1
    assert site.values() == ["PAPER"] * 7
    assert site.operations()[0].done == 14


def test_a_worker_that_is_killed_loses_nothing(site: Site, database_url: str, tmp_path: Path):
    site.change("paper")
    command = [sys.executable, "-c", KILLED, database_url, str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert site.values("industry") == ["paper"] * 4 + ["steel"] * 3
    site.clock.moment = datetime.now(UTC) + timedelta(seconds=60)
    assert site.worker("two").drain() == 1
    assert site.values() == ["PAPER"] * 7
    assert site.stale() == []


def test_one_that_is_cancelled_leaves_its_mark_until_another_has_gone_over_it(site: Site):
    site.change("paper")
    with site.app.site.database.write() as tx:
        site.app.site.background.operations.ask_cancel(tx, site.operations()[0].id)
    assert site.worker().drain() == 0
    assert site.stale() == ["industry", "shout"]
    assert "A recomputation ended early" in site.app.sign_in().get("/app/deals")
    site.change("wood")
    assert site.worker().drain() == 1
    assert site.stale() == []
    assert site.values() == ["WOOD"] * 7


def test_one_that_was_cancelled_begins_anew_by_itself_after_a_while(site: Site):
    site.change("paper")
    with site.app.site.database.write() as tx:
        site.app.site.background.operations.ask_cancel(tx, site.operations()[0].id)
    worker = site.worker()
    worker.drain()
    worker.tidy()
    assert [each.state for each in site.operations() if each.kind == "recompute"] == ["cancelled"]
    site.clock.moment += timedelta(minutes=31)
    worker.tidy()
    worker.tidy()
    assert "A recomputation ended early" not in site.app.sign_in().get("/app/deals")
    worker.drain()
    assert site.stale() == []
    assert site.values() == ["PAPER"] * 7


def test_one_that_failed_can_be_begun_anew_at_once(site: Site, monkeypatch: pytest.MonkeyPatch):
    site.change("paper")
    chunk = recompute._chunk

    def fail(*given: Any) -> int:
        raise ValueError

    monkeypatch.setattr(recompute, "_chunk", fail)
    site.worker().drain()
    (failed,) = site.operations()
    assert failed.state == "failed"
    monkeypatch.setattr(recompute, "_chunk", chunk)
    browser = site.app.sign_in()
    browser.post(f"/operations/{failed.id}/resume", at=f"/operations/{failed.id}")
    assert site.stale() == ["industry", "shout"]
    assert site.worker().drain() == 1
    assert site.stale() == []
    assert site.values() == ["PAPER"] * 7
    browser.post(f"/operations/{failed.id}/resume", at=f"/operations/{failed.id}")
    assert site.worker().drain() == 0


def test_what_the_background_changed_is_logged_and_no_version_moves(site: Site):
    site.change("paper")
    site.worker().drain()
    log = site.app.site.live.tables.change_log
    with site.app.site.database.read() as connection:
        rows = connection.execute(select(log).where(log.c.module == "deals", log.c.action == "changed")).all()
    assert len(rows) == 14
    assert rows[0].new == {"industry": "paper"}
    assert site.values("version") == [1] * 7
