"""Purging lists what nothing uses, drops it for good, and touches nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert

from runtime.base.clock import FrozenClock
from runtime.change.purge import Purged, PurgeError, expire, purge
from runtime.change.remains import remains_of
from runtime.storage.inspect import inspect
from tests.unit.change.site import NOW, Site, deals

SIZE = {"size": {"type": "integer"}}
ACCOUNT = {"account": {"type": "relation", "module": "accounts"}}
PEOPLE = {"people": {"type": "relations", "module": "accounts"}}


def remains(running: Site):
    with running.database.read() as connection:
        found = remains_of(connection, running.revision(), inspect(connection, running.database.schema))
        return [(each.name, each.since, each.rows) for each in found]


def purged(running: Site, *only: str) -> Purged:
    done = purge(running.database, running.clock, "ada@example.com", only)
    assert done is not None
    return done


def alone(catalog):
    """The catalog without accounts."""
    modules = {key: module for key, module in catalog.modules.items() if key != "accounts"}
    return replace(catalog, modules=modules, hash=f"{catalog.hash}-alone")


def test_what_nothing_uses_is_listed_with_its_records_and_since_when(running):
    running.applied(deals({**SIZE, **ACCOUNT}))
    running.add("deals", {"name": "One", "size": 5}, {"name": "Two"})
    running.applied(deals(ACCOUNT))
    running.applied(deals({**ACCOUNT, "size": {"type": "text"}}))
    running.applied(alone(deals()))
    assert sorted(remains(running)) == [
        ("accounts", 5, 0), ("deals.account", 5, 0), ("deals.size", 5, 0), ("deals.size@1", 3, 1)
    ]  # fmt: skip


def test_a_column_is_dropped_and_the_others_stay_with_indexes_triggers_and_keys(running):
    everything = {**SIZE, **ACCOUNT, **PEOPLE, "code": {"type": "text", "unique": True}}
    running.applied(deals(everything, search=["name"]))
    (account,) = running.add("accounts", {"name": "Acme"})
    deal, _ = running.add(
        "deals",
        {"name": "One", "size": 5, "account": account, "code": "x", "search_text": "one"},
        {"name": "Two"},
    )
    link = running.tables.link("deals", "people")
    with running.database.write() as tx:
        tx.connection.execute(insert(link).values(source_id=deal, target_id=account))
    left = deals({"code": everything["code"], **PEOPLE}, search=["name"])
    running.applied(left)
    before = running.live
    done = purged(running)
    assert [each.name for each in done.remains] == ["deals.size", "deals.account"]
    assert running.live.tables.keys() == before.tables.keys()
    assert running.live.triggers == before.triggers
    table, was = running.live.tables["deals"], before.tables["deals"]
    assert table.columns == {key: kind for key, kind in was.columns.items() if key not in ("size", "account")}
    assert table.indexes == was.indexes
    assert running.column("deals", "code") == ["x", None]
    assert running.plan(left).is_empty
    running.applied(deals(everything, search=["name"]))
    assert running.revision().names.column("deals", "size") == "size_2"


def test_a_module_goes_with_the_fields_that_point_at_it(running):
    running.applied(deals({**ACCOUNT, **PEOPLE}))
    (account,) = running.add("accounts", {"name": "Acme"})
    running.add("deals", {"name": "One", "account": account})
    running.applied(alone(deals()))
    done = purged(running, "accounts")
    assert {each.name for each in done.remains} == {"accounts", "deals.account", "deals.people"}
    assert not running.live.has("accounts")
    assert not running.live.has("deals__people")
    assert not running.live.has("deals", "account")
    assert running.column("deals", "name") == ["One"]


def test_what_is_used_is_not_purged_nor_is_what_is_not_there(running):
    running.applied(deals(SIZE))
    for name, why in (
        ("deals.size", "is used by revision 2"),
        ("deals", "is used"),
        ("x.y", "nothing to purge"),
    ):
        with pytest.raises(PurgeError, match=why):
            purge(running.database, running.clock, None, [name])
    assert purge(running.database, running.clock, None) is None
    assert running.revision().number == 2


def test_a_list_that_is_old_by_now_is_not_purged(running):
    running.applied(deals(SIZE))
    running.applied(deals())
    with pytest.raises(PurgeError, match="was 2 and is 3 now"):
        purge(running.database, running.clock, None, (), 2)


def test_a_rollback_past_a_purge_says_what_it_cannot_give_back(running):
    running.applied(deals(SIZE))
    running.add("deals", {"name": "One", "size": 5})
    running.applied(deals())
    purged(running)
    assert running.way(2) == [
        "Bring deals.size back empty: what it held was purged.",
        "Add the field size to deals: the column size_2.",
    ]
    running.back(2)
    assert running.column("deals", "size_2") == [None]


def test_parked_columns_go_by_themselves_when_their_time_is_over(running):
    running.applied(deals(SIZE))
    running.applied(deals({"size": {"type": "text"}}))
    assert running.revision().shape.modules["deals"].fields["size@1"].parked_until == NOW + timedelta(days=90)
    assert expire(running.database, FrozenClock(NOW + timedelta(days=90))) is None
    assert expire(running.database, FrozenClock(NOW + timedelta(days=91))) is not None
    assert not running.live.has("deals", "size")
    assert running.live.has("deals", "size_2")
