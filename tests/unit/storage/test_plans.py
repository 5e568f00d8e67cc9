"""Plans: on 100,000 records a page's statement walks an index, at the first page and deep in the list."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, text

from runtime.storage.database import Database
from runtime.storage.prepared import Given, Prepared
from runtime.storage.query import Query
from tests.support.databases import Databases, Template
from tests.unit.storage.shop import Shop, attach_shop, moment, open_shop

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {n}) "
ACCOUNTS = """
INSERT INTO accounts (id, name, industry, version, search_text)
SELECT i, 'Account ' || i, 'industry ' || (i % 7), 1, 'account ' || i FROM n
"""
DEALS = """
INSERT INTO deals (id, name, account, stage, amount, amount__currency, close_date, version, search_text)
SELECT 100000 + i, 'Deal ' || ((i * 7919) % 100000), 1 + i % 10000,
  CASE i % 3 WHEN 0 THEN 'open' WHEN 1 THEN 'won' ELSE 'lost' END, (i * 37) % 9999, 'EUR',
  CASE WHEN i % 10 = 0 THEN NULL ELSE {day} END, 1, 'deal ' || ((i * 7919) % 100000) FROM n
"""
DAYS = {
    "sqlite": "date('2020-01-01', '+' || (i % 2000) || ' days')",
    "postgresql": "DATE '2020-01-01' + i % 2000",
}
MOST_STEPS = 400
"""Hundreds of SQLite's own instructions: a row of a page takes some hundred, 100,000 rows some millions."""
MOST_ROWS = 4000
"""Rows that PostgreSQL reads for a page."""


def fill_large(url: str) -> None:
    """Write 100,000 deals of 10,000 accounts; a tenth has no closing date."""
    with closing(Database.open(url, pool=1)) as database:
        open_shop(database)
        with database.write() as tx:
            tx.connection.execute(text(NUMBERS.format(n=10_000) + ACCOUNTS))
            tx.connection.execute(text(NUMBERS.format(n=100_000) + DEALS.format(day=DAYS[database.dialect])))
        database.optimize()


@pytest.fixture
def large(databases: Databases, database_engine: str) -> Iterator[Shop]:
    template = Template("the large shop of tests/unit/storage", fill_large)
    with databases.fresh(database_engine, template) as url, closing(Database.open(url, pool=2)) as database:
        yield attach_shop(database)


@pytest.fixture
def work(large: Shop, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a query; gives its page, and how much the database worked for it."""
    ran: list[int] = []
    run = Prepared.run

    def watched(self: Prepared, connection: Connection, parameters: Mapping[str, Any]) -> Given:
        driver: Any = connection.connection.driver_connection
        if large.database.dialect == "sqlite":
            driver.set_progress_handler(lambda: ran.append(1), 100)
            try:
                return run(self, connection, parameters)
            finally:
                driver.set_progress_handler(None, 0)
        values = self.values(parameters)
        [[plan]] = driver.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + self.sql, values).fetchall()
        ran.append(_rows_read((plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]))
        return run(self, connection, parameters)

    monkeypatch.setattr(Prepared, "run", watched)

    def working(query: Query) -> tuple[Any, int]:
        ran.clear()
        with large.database.read() as connection:
            page = large.reader.page(connection, query, moment())
        return page, sum(ran)

    return working


def _rows_read(node: Mapping[str, Any]) -> int:
    below = sum(_rows_read(each) for each in node.get("Plans", ()))
    if below:
        return below
    read = (
        node["Actual Rows"]
        + node.get("Rows Removed by Filter", 0)
        + node.get("Rows Removed by Join Filter", 0)
    )
    return int(read * node["Actual Loops"])


@pytest.mark.parametrize(
    "sort, where",
    [
        ("", None),
        ("-id", None),
        ("-close_date", None),
        ("close_date", None),
        ("-close_date", "amount > 20"),
        ("-close_date", "stage.kind == 'won'"),
        ("-amount name", None),
        ("name", None),
        ("-name", None),
        ("account", None),
        ("-account", None),
        ("-close_date", "stage == 'won'"),
        ("-close_date", "account == 4711"),
    ],
)
def test_a_page_reads_little_more_than_it_shows_wherever_it_is_in_the_list(large, work, sort, where):
    query = large.query("deals", "name account stage amount close_date", where, sort)
    most = MOST_STEPS if large.database.dialect == "sqlite" else MOST_ROWS
    page, cost = work(query)
    assert 0 < cost <= most
    if where == "account == 4711":
        assert len(page.rows) == 10
        return
    assert len(page.rows) == 50
    deep = replace(query, limit=1000, columns=(), after=page.next)
    for _ in range(20):
        page, _ = work(deep)
        deep = replace(deep, after=page.next)
    at = replace(query, after=deep.after)
    page, cost = work(at)
    assert len(page.rows) == 50
    assert cost <= most
    page, cost = work(replace(at, backwards=True))
    assert len(page.rows) == 50
    assert cost <= most
    page, cost = work(replace(query, backwards=True))
    assert len(page.rows) == 50
    assert cost <= most


def test_the_records_without_the_key_are_reached_and_read_as_quickly(large, work):
    query = large.query("deals", "name", None, "-close_date")
    most = MOST_STEPS if large.database.dialect == "sqlite" else MOST_ROWS
    last, cost = work(replace(query, backwards=True))
    assert cost <= most
    before, cost = work(replace(query, after=last.previous, backwards=True))
    assert cost <= most
    assert len(before.rows) == 50


def test_a_rare_word_is_found_by_the_trigram_index(large, work):
    page, cost = work(large.query("deals", "name", None, "-name", search="eal 47119"))
    assert [row.values[0] for row in page.rows] == ["Deal 47119"]
    page, cost = work(large.query("deals", "name", None, "-name", search="47119"))
    assert [row.values[0] for row in page.rows] == ["Deal 47119"]
    # PostgreSQL may read the 10,000 accounts, which are searched too, from end to end.
    assert cost <= (MOST_STEPS if large.database.dialect == "sqlite" else MOST_ROWS + 10_000)


def test_counting_with_a_cap_reads_no_more_than_the_cap(large):
    ticks: list[int] = []
    with large.database.read() as connection:
        driver: Any = connection.connection.driver_connection
        if large.database.dialect == "sqlite":
            driver.set_progress_handler(lambda: ticks.append(1), 100)
        count = large.reader.count(connection, large.query("deals"), moment())
    assert (count.n, count.capped) == (1000, True)
    assert len(ticks) <= 300
