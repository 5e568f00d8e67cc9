"""The quarantine keeps what a step overwrites, and until when; old databases get its table."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from runtime.change.completing import complete
from runtime.change.plan import make_plan
from runtime.change.quarantine import CREATED, keep, keep_created, quarantine
from runtime.change.step import Step
from runtime.storage.quarantined import prune_quarantine
from tests.unit.change.site import NOW, Site, deals

PRICE = {"price": {"type": "money"}}
PEOPLE = {"people": {"type": "relations", "module": "accounts", "link": {"role": {"type": "text"}}}}


@pytest.fixture
def doing(running, monkeypatch):
    """Applies a catalog, with one step more: a function of the connection and the tables."""

    def run(catalog, step, **options):
        tables = running.tables

        def planned(*given, **named):
            plan = make_plan(*given, **named)
            more = Step("Do it.", lambda connection: step(connection, tables))
            return replace(plan, steps=(*plan.steps, more))

        with monkeypatch.context() as patched:
            patched.setattr("runtime.change.landing.make_plan", planned)
            return running.apply(catalog, **options)

    return run


def kept(running: Site):
    table = quarantine()
    with running.database.read() as connection:
        return [tuple(row) for row in connection.execute(select(table).order_by(table.c.record_id))]


def test_a_cell_is_kept_with_what_it_held_and_what_it_holds_now(running, doing):
    running.applied(deals(PRICE))
    first, _ = running.add("deals", {"name": "One", "price": 5, "price__currency": "EUR"}, {})

    def raise_prices(connection, tables):
        found = tables.module("deals")
        price = found.columns["price"]
        keep(connection, found.table, price, price[0].is_not(None))
        connection.execute(update(found.table).where(price[0].is_not(None)).values(price=6))

    doing(deals({**PRICE, "size": {"type": "integer"}}), raise_prices, kept=timedelta(days=10))
    ((revision, module, field, record, target, old, new, until),) = kept(running)
    assert (revision, module, field, record, target) == (3, "deals", "price", first, 0)
    assert old["price__currency"] == new["price__currency"] == "EUR"
    assert None not in (old["price"], new["price"])
    assert old["price"] != new["price"]
    assert until == NOW + timedelta(days=10)


def test_a_records_beginning_and_a_links_attribute_are_kept_too(running, doing):
    running.applied(deals(PEOPLE))
    (deal,) = running.add("deals", {"name": "One"})
    (person,) = running.add("accounts", {"name": "Ada"})
    link = running.tables.link("deals", "people")
    with running.database.write() as tx:
        tx.connection.execute(link.insert().values(source_id=deal, target_id=person, role="boss"))

    def change(connection, tables):
        link, account = tables.link("deals", "people"), tables.module("accounts").table
        keep(connection, link, [link.c.role], link.c.role == "boss")
        connection.execute(update(link).values(role="chief"))
        keep_created(connection, account, account.c.id == person)

    doing(deals({**PEOPLE, "size": {"type": "integer"}}), change)
    whole, linked = sorted(kept(running), key=lambda row: row[4])
    assert whole[1:7] == ("accounts", CREATED, person, 0, None, {"version": 1})
    assert linked[1:7] == (link.name, "role", deal, person, {"role": "boss"}, {"role": "chief"})


def test_what_was_set_aside_first_stays(running, doing):
    running.add("deals", {"name": "One"})

    def twice(connection, tables):
        table = tables.module("deals").table
        for name in ("Two", "Three"):
            keep(connection, table, [table.c.name], table.c.id > 0)
            connection.execute(update(table).values(name=name))

    doing(deals(PRICE), twice)
    ((*_, old, new, _until),) = kept(running)
    assert (old, new) == ({"name": "One"}, {"name": "Three"})


def test_what_was_kept_long_enough_is_forgotten(running, doing):
    running.add("deals", {"name": "One"})

    def change(connection, tables):
        table = tables.module("deals").table
        keep(connection, table, [table.c.name], table.c.id > 0)

    doing(deals(PRICE), change)
    with running.database.write() as tx:
        assert prune_quarantine(tx, NOW + timedelta(days=90)) == 0
        assert prune_quarantine(tx, NOW + timedelta(days=90, seconds=1)) == 1
    assert kept(running) == []


def test_a_database_that_stands_gets_the_table(running):
    with running.database.write() as tx:
        tx.connection.execute(text("DROP TABLE trellis_quarantine"))
    assert complete(running.database) == ("trellis_quarantine",)
    running.applied(deals(PRICE))
