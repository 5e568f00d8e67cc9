"""Tests of the indexes that saved lists ask for: equal values first, the order, then what else is read."""

from collections.abc import Callable

from sqlalchemy import text

from tests.support.crm import App

MODULE = """
    schemas/modules/deals.yaml:
      fields:
        name: {type: text, required: true}
        city: {type: text}
        stage: {type: picklist, picklist: stages}
        amount: {type: money}
        close_date: {type: date}
    schemas/picklists/stages.yaml:
      values: {open: {kind: open}, won: {kind: won}}
    schemas/filters/deals.yaml:
"""


def listed(crm: Callable[..., App], saved: str) -> tuple[App, list[list[str]]]:
    """The columns of the indexes of live records, without the one that tells SQLite that they are."""
    app = crm(MODULE + "".join(f"      {line}\n" for line in saved.splitlines()))
    indexes = app.site.live.tables.module("deals").table.indexes
    live = [index for index in indexes if "IS NULL" in str(index.dialect_options["sqlite"]["where"])]
    names = [[column.name for column in index.columns] for index in live]
    return app, sorted([name for name in each if name != "deleted_at"] for each in names)


def test_an_index_has_what_is_equal_then_the_order_then_what_else_the_list_reads(crm: Callable[..., App]):
    app, found = listed(
        crm,
        "large: {where: stage == 'open' and amount > 5000, sort: [-close_date], quick: [owner]}",
    )
    assert found == [["stage", "close_date", "id", "amount", "amount__currency", "owner"]]
    if app.site.database.dialect == "sqlite":
        count = "SELECT count(*) FROM deals WHERE deleted_at IS NULL AND stage = 'open' AND amount > 5"
        with app.site.database.read() as connection:
            plan = str(connection.execute(text(f"EXPLAIN QUERY PLAN {count}")).all())
        assert "COVERING INDEX" in plan
        assert "(stage=?)" in plan


def test_lists_of_one_order_share_an_index(crm: Callable[..., App]):
    _, found = listed(
        crm,
        "won: {where: stage.kind == 'won', sort: [-close_date]}\nall: {sort: [close_date], quick: [amount]}",
    )
    assert found == [["close_date", "id", "amount", "amount__currency", "stage"]]


def test_an_index_carries_nothing_when_the_table_is_needed_anyway(crm: Callable[..., App]):
    _, found = listed(crm, "oslo: {where: city == 'Oslo' and amount > 5, sort: [close_date]}")
    assert found == [["close_date", "id"]]


def test_a_list_without_an_order_is_found_by_what_is_equal(crm: Callable[..., App]):
    _, found = listed(crm, "mine: {where: owner == user}")
    assert found == [["owner", "id"]]
