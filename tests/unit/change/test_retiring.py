"""Retiring: what disappears is hidden and kept, and what returns finds its data again."""

import pytest
from sqlalchemy import insert

from tests.unit.change.site import deals
from tests.unit.storage.small import make_catalog

SIZE = {"size": {"type": "integer"}}


def test_a_field_that_disappears_is_kept_with_its_values(running):
    running.applied(deals(SIZE))
    running.add("deals", {"name": "One", "size": 5})
    assert running.whats(deals()) == ["Retire the field deals.size: hidden, its values kept."]
    running.applied(deals())
    assert running.live.has("deals", "size")
    assert running.revision().shape.modules["deals"].fields["size"].retired
    assert running.plan(deals()).is_empty


def test_a_field_that_returns_has_its_values_again(running):
    running.applied(deals(SIZE))
    running.add("deals", {"name": "One", "size": 5})
    running.applied(deals())
    assert running.whats(deals(SIZE)) == ["Bring the field deals.size back with the values it had."]
    running.applied(deals(SIZE))
    assert running.column("deals", "size") == [5]
    assert not running.revision().shape.modules["deals"].fields["size"].retired


def test_a_field_that_returns_with_another_type_gets_a_column_of_its_own(running):
    running.applied(deals(SIZE))
    running.add("deals", {"name": "One", "size": 5})
    running.applied(deals())
    text = deals({"size": {"type": "text"}})
    assert running.whats(text) == ["Add the field size to deals: the column size_2."]
    running.applied(text)
    assert running.column("deals", "size_2") == [None]
    assert running.plan(text).is_empty


def test_and_when_it_is_of_the_first_type_again_its_first_values_are_back(running):
    running.applied(deals(SIZE))
    running.add("deals", {"name": "One", "size": 5})
    running.applied(deals())
    running.applied(deals({"size": {"type": "text"}}))
    running.applied(deals())
    running.applied(deals(SIZE))
    revision = running.revision()
    assert revision.names.column("deals", "size") == "size"
    assert running.column("deals", "size") == [5]
    assert running.plan(deals(SIZE)).is_empty
    running.applied(deals())
    running.applied(deals({"size": {"type": "text"}}))
    assert running.revision().names.column("deals", "size") == "size_2"


def test_a_field_that_holds_nothing_may_change_its_type_at_once(running):
    running.applied(deals(SIZE))
    running.add("deals", {"name": "One"})
    decimal = deals({"size": {"type": "decimal", "scale": 3}})
    assert running.whats(decimal) == ["Add the field size to deals: the column size_2."]
    running.applied(decimal)
    assert running.plan(decimal).is_empty
    links = deals({"size": {"type": "relations", "module": "accounts"}})
    running.applied(links)
    assert running.tables.link("deals", "size").name == "deals__size"


def test_links_that_hold_nothing_may_point_elsewhere_at_once(running):
    running.applied(deals({"others": {"type": "relations", "module": "accounts"}}))
    there = deals({"others": {"type": "relations", "module": "deals"}})
    assert running.whats(there)[0] == "Create the links deals.others: the table deals__others_2."
    running.applied(there)
    assert running.plan(there).is_empty


def test_a_module_that_disappears_is_kept_and_returns_with_its_records(running):
    (account,) = running.add("accounts", {"name": "Acme"})
    assert account
    alone = make_catalog({"deals": {"fields": {"name": {"type": "text"}}}}, {"stages": {}})
    assert running.whats(alone) == ["Retire the module accounts: hidden, with its records kept."]
    running.applied(alone)
    assert running.plan(alone).is_empty
    assert running.whats(deals()) == ["Bring the module accounts back with its records."]
    running.applied(deals())
    assert running.column("accounts", "name") == ["Acme"]


def test_a_new_module_never_takes_the_table_of_a_retired_one(running):
    running.applied(make_catalog({"deals": {"fields": {"name": {"type": "text"}}}}, {"stages": {}}))
    names = running.revision().names
    assert names.table("accounts") == "accounts"
    assert names.column("accounts", "name") == "name"


def test_an_attribute_of_links_is_kept_and_returns(running):
    def friends(**link):
        return deals({"friends": {"type": "relations", "module": "deals", "link": link}})

    running.applied(friends(since={"type": "date"}, price={"type": "integer"}))
    one, two = running.add("deals", {"name": "One"}, {"name": "Two"})
    with running.database.write() as tx:
        link = running.tables.link("deals", "friends")
        tx.connection.execute(insert(link).values(source_id=one, target_id=two, price=7))
    running.applied(friends(since={"type": "date"}))
    assert running.plan(friends(since={"type": "date"})).is_empty
    running.applied(friends(since={"type": "date"}, price={"type": "integer"}))
    with running.database.read() as connection:
        assert connection.exec_driver_sql("SELECT price FROM deals__friends").scalar() == 7
    ((code, message),) = running.refused(friends(since={"type": "date"}, price={"type": "text"}))
    assert code == "P109"
    assert "price" in message


@pytest.mark.parametrize("kind", ["text", "integer"])
def test_a_required_field_that_returns_is_asked_for_again(running, kind):
    field = {"size": {"type": kind, "required": True}}
    running.applied(deals(field))
    running.applied(deals())
    running.add("deals", {"name": "One"})
    ((code, _),) = running.refused(deals(field))
    assert code == "P104"
