"""Loading: plain records for whole batches, their links, and finding records by their values."""

from datetime import date
from decimal import Decimal

import pytest

from runtime.model.values import Link, Money
from tests.unit.storage.shop import NOW


def load(shop, module, ids, *args, **kwargs):
    with shop.database.read() as connection:
        return shop.loader.load(connection, module, ids, *args, **kwargs)


def test_a_record_is_loaded_whole_as_canonical_values(shop):
    [ada] = shop.add("contacts", {"first_name": "Ada"})
    [deal] = shop.add(
        "deals",
        {
            "name": "Big",
            "stage": "won",
            "tags": ("open",),
            "amount": Money(Decimal("1.50"), "USD"),
            "close_date": date(2026, 1, 2),
            "contacts": ((ada, {"role": "buyer", "share": Decimal("12.50")}),),
        },
    )
    record = load(shop, "deals", [deal])[deal]
    assert record["id"] == deal
    assert record["amount"] == Money(Decimal("1.50"), "USD")
    assert record["tags"] == ("open",)
    assert record["contacts"] == (Link(ada, {"role": "buyer", "share": Decimal("12.50")}),)
    assert (record["papers"], record["account"], record["version"], record["created_at"]) == (
        (),
        None,
        1,
        NOW,
    )
    assert set(record) == {field.key for field in shop.catalog.modules["deals"].all_fields()}


def test_only_the_fields_that_are_named_are_loaded_and_unknown_ids_are_left_out(shop):
    a, b = shop.add("deals", {"name": "A"}, {"name": "B", "deleted_at": NOW})
    assert load(shop, "deals", [b, a, a, 10**12], ("name",)) == {
        a: {"id": a, "name": "A"},
        b: {"id": b, "name": "B"},
    }
    assert load(shop, "deals", []) == {}


def test_a_thousand_records_are_loaded_by_as_many_statements_as_one(shop):
    ids = shop.add("deals", *({"name": f"{n}"} for n in range(1000)))
    assert len(load(shop, "deals", ids, ("name", "contacts"))) == 1000


def test_loading_to_write_locks_the_rows(shop):
    [deal] = shop.add("deals", {"name": "A"})
    with shop.database.write() as tx:
        assert shop.loader.load(tx.connection, "deals", [deal], ("name",), lock=True)[deal]["name"] == "A"
        if shop.database.dialect == "postgresql":
            with shop.database.write() as other:
                locked = (
                    "SELECT count(*) FROM deals WHERE id NOT IN (SELECT id FROM deals FOR UPDATE SKIP LOCKED)"
                )
                assert other.connection.exec_driver_sql(locked).scalar() == 1


def test_paths_are_loaded_as_nested_plain_data(shop):
    [top] = shop.add("accounts", {"name": "Top", "industry": "steel"})
    [sub] = shop.add("accounts", {"name": "Sub", "parent": top})
    [user] = shop.add("users", {"name": "Ada"})
    [group] = shop.add("groups", {"name": "Sales"})
    people = shop.add("contacts", {"first_name": "A"}, {"first_name": "B"})
    one, two = shop.add(
        "deals",
        {"name": "1", "account": sub, "owner": user, "contacts": people},
        {"name": "2", "owner": group},
    )
    texts = "name", "account", "account.name", "account.parent.industry", "contacts", "owner.name", "stage"
    paths = [*shop.paths("deals", *texts)]
    groups_name = shop.catalog.modules["groups"].fields["name"]
    paths.append(
        type(paths[0])("owner.name", (shop.catalog.modules["deals"].record_fields["owner"], groups_name))
    )
    with shop.database.read() as connection:
        found = shop.loader.load_paths(connection, "deals", [one, two], paths)
    assert found == {
        one: {
            "id": one,
            "name": "1",
            "account": {"id": sub, "name": "Sub", "parent": {"id": top, "industry": "steel"}},
            "contacts": tuple(people),
            "owner": {"id": user, "name": "Ada"},
            "stage": None,
        },
        two: {
            "id": two,
            "name": "2",
            "account": {"id": None, "name": None, "parent": {"id": None, "industry": None}},
            "contacts": (),
            "owner": {"id": group, "name": "Sales"},
            "stage": None,
        },
    }


def test_records_are_matched_by_the_values_of_a_field(shop):
    a, b, c, _ = shop.add(
        "accounts", {"name": "Acme"}, {"name": "Beta"}, {"name": "Beta"}, {"name": "Gone", "deleted_at": NOW}
    )
    with shop.database.read() as connection:
        found = shop.loader.match(
            connection,
            "accounts",
            ("name",),
            [("Acme",), ("Beta",), ("acme",), ("Gone",), (None,), ("Acme",)],
        )
    assert found == {("Acme",): (a,), ("Beta",): (b, c)}


def test_records_are_matched_by_several_fields_at_once_in_large_batches(shop):
    [acme] = shop.add("accounts", {"name": "Acme"})
    first, second = shop.add(
        "deals", {"name": "A", "account": acme, "close_date": date(2026, 1, 1)}, {"name": "B"}
    )
    asked = [("A", acme), ("A", acme + 1), ("B", acme), *((f"n{n}", n) for n in range(1000))]
    with shop.database.read() as connection:
        assert shop.loader.match(connection, "deals", ("name", "account"), asked) == {("A", acme): (first,)}
        assert shop.loader.match(connection, "deals", ("close_date",), [(date(2026, 1, 1),)]) == {
            (date(2026, 1, 1),): (first,)
        }
        assert shop.loader.match(connection, "deals", ("name",), []) == {}
        assert shop.loader.existing(connection, "deals", [first, second, second, 10**12]) == {first, second}
        with pytest.raises(LookupError, match="nonsense"):
            shop.loader.match(connection, "deals", ("nonsense",), [("x",)])
