"""Backups under load: each that is made while people write is restored, and equal to what it was made of.

`pytest` makes two of them on each database; `make backups` sets TRELLIS_BACKUPS=20, and 20 are made and 20
restored. The writers keep an invariant that only a copy of one moment has: every deal has two rows and a
file, a counter deal knows how many there are, and money only moves from one deal to another.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from sqlalchemy import func, select

from runtime.assembly import House
from runtime.identity.actor import SYSTEM
from runtime.records.change import Change
from runtime.storage.database import Database
from tests.support.crm import App
from tests.support.databases import Databases
from tests.unit.upkeep.desk import Desk, command, environment, papers_in, rows_of

BACKUPS = int(os.environ.get("TRELLIS_BACKUPS") or 2)
WRITERS, PEOPLE, EACH = 3, 10, 1000

pytestmark = [pytest.mark.timeout(1800)]

PACK = """
    schemas/modules/deals.yaml:
      title: name
      search: [name]
      fields:
        name: {type: text, required: true}
        amount: {type: integer}
        paper: {type: file}
        total: {type: integer, formula: sum(items.price)}
      rows:
        items: {module: deal_items}
    schemas/modules/deal_items.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        price: {type: integer}
"""


class Load:
    """Writers that add deals with rows and files, and move money, until they are stopped."""

    def __init__(self, app: App) -> None:
        self._live = app.site.live
        self._app = app
        self._parsing = self._live.parsing(SYSTEM, "rest")
        self._stopped = threading.Event()
        self.written = 0
        self.purses = self._save(
            [Change("deals", {"name": f"Purse {n}", "amount": EACH}) for n in range(PEOPLE)]
        )
        self._threads = [threading.Thread(target=self._work, args=(n,)) for n in range(WRITERS)]

    @contextmanager
    def running(self) -> Iterator[None]:
        """With the writers at work."""
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            for thread in self._threads:
                thread.join()

    def _save(self, changes: list[Change]) -> list[int]:
        with self._app.site.database.write() as tx:
            outcomes = self._live.writer.save(tx, changes, SYSTEM, self._parsing)
        return [outcome.id for outcome in outcomes]  # type: ignore[union-attr]

    def _work(self, writer: int) -> None:
        turn = 0
        while not self._stopped.is_set():
            turn += 1
            name = f"Deal {writer}.{turn}"
            paper = self._live.attachments.keep(
                self._app.site.database,
                self._app.site.files,
                f"{name}.txt",
                BytesIO(f"The contract of {name}.".encode() * 50),
                SYSTEM,
                self._parsing,
            )
            items = [{"name": "one", "price": turn}, {"name": "two", "price": 2 * turn}]
            self._save([Change("deals", {"name": name, "paper": paper, "items": items})])
            self._move(turn)
            self.written += 1
            time.sleep(0.01)

    def _move(self, turn: int) -> None:
        one, other = self.purses[turn % PEOPLE], self.purses[(turn + 1) % PEOPLE]
        deals = self._live.tables.module("deals")
        amount, own = deals.columns["amount"][0], deals.table.c.id
        with self._app.site.database.write() as tx:
            query = select(own, amount).where(own.in_((one, other))).order_by(own).with_for_update()
            held = {row[0]: row[1] for row in tx.connection.execute(query)}
            changes = [
                Change("deals", {"amount": held[one] - 1}, one),
                Change("deals", {"amount": held[other] + 1}, other),
            ]
            self._live.writer.save(tx, changes, SYSTEM, self._parsing)


def test_backups_made_under_load_are_restored_equal(
    crm: Callable[..., App],
    databases: Databases,
    database_engine: str,
    database_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    desk = Desk(crm(PACK), database_url, tmp_path)
    load = Load(desk.app)
    with load.running():
        while load.written < 5:
            time.sleep(0.05)
        files = [desk.backup(f"{number}.zip") for number in range(BACKUPS)]
    counts = []
    for number, file in enumerate(files):
        with databases.fresh(database_engine) as url:
            folder = tmp_path / f"restored-{number}"
            folder.mkdir()
            code, said = command(folder, environment(url), "restore", str(file))
            assert code == 0, said
            counts.append(verify(url, folder))
            again = folder / "again.zip"  # what was restored and backed up is the same again
            assert command(folder, environment(url), "backup", str(again))[0] == 0
            with databases.fresh(database_engine) as twice:
                other = tmp_path / f"twice-{number}"
                other.mkdir()
                assert command(other, environment(twice), "restore", str(again))[0] == 0
                with closing(Database.open(url)) as first, closing(Database.open(twice)) as second:
                    assert rows_of(first) == rows_of(second)
                assert papers_in(folder / "var" / "files") == papers_in(other / "var" / "files")
    assert counts == sorted(counts)
    with capsys.disabled():
        print(
            f"\n{database_engine}: {BACKUPS} backups under load, {BACKUPS} restored and equal, 0 differences"
        )


def verify(url: str, folder: Path) -> int:
    """Every invariant of the writers; gives how many deals there are."""
    house = House({"TRELLIS_DATABASE": url}, StringIO(), StringIO(), folder=folder, cheap_passwords=True)
    site = house.open_site(None)
    try:
        tables = site.live.tables
        deals, items, papers = (tables.module(name) for name in ("deals", "deal_items", "files"))
        name, amount, total = (deals.columns[key][0] for key in ("name", "amount", "total"))
        is_deal = name.like("Deal %")
        with site.database.read() as connection:
            made = connection.execute(
                select(func.count()).select_from(deals.table).where(is_deal)
            ).scalar_one()
            rows = connection.execute(select(func.count()).select_from(items.table)).scalar_one()
            money = connection.execute(select(func.sum(amount))).scalar_one()
            sums = connection.execute(select(func.sum(total))).scalar_one()
            prices = connection.execute(select(func.sum(items.columns["price"][0]))).scalar_one()
            digests = set(connection.execute(select(papers.columns["sha256"][0])).scalars())
    finally:
        site.close()
    stored = papers_in(folder / "var" / "files")
    assert rows == 2 * made
    assert money == PEOPLE * EACH
    assert sums == prices
    assert len(digests) >= made
    assert stored == {digest: digest for digest in digests}
    return int(made)
