"""Groups: counts and exact sums, by values, relations, attributes, and by the currency of money."""

from datetime import date
from decimal import Decimal

import pytest

from runtime.model.values import Money, Ref
from runtime.storage.errors import UnsortableError
from runtime.storage.query import Aggregate, Group
from tests.unit.storage.shop import NOW, moment


def eur(amount):
    return Money(Decimal(amount), "EUR")


@pytest.fixture
def group(shop):
    def run(by, *values, where=None, module="deals", **more):
        aggregates = [
            Aggregate(name, shop.paths(module, of)[0] if of else None)
            for name, _, of in (value.partition(" ") for value in values)
        ]
        with shop.database.read() as connection:
            query = shop.query(module, where=where, **more)
            found = shop.reader.group(
                connection, query, shop.paths(module, *by.split()), aggregates, moment()
            )
        return [(each.key, each.values) for each in found]

    return run


def test_records_are_counted_and_summed_by_a_picklist_in_its_order_empties_last(shop, group):
    for stage, amount in (("won", "0.10"), ("open", "1"), ("won", "0.20"), (None, "7"), ("won", None)):
        shop.add("deals", {"name": f"{stage} {amount}", "stage": stage, "amount": amount and eur(amount)})
    assert group("stage", "count", "sum amount", "count amount") == [
        (("open",), (1, eur("1.00"), 1)),
        (("won",), (3, eur("0.30"), 2)),
        ((None,), (1, eur("7.00"), 1)),
    ]


def test_every_aggregate_is_exact_and_empties_are_skipped(shop, group):
    for n, (probability, day) in enumerate([("0.10", 3), ("0.20", 1), ("0.01", None), (None, 2)]):
        shop.add(
            "deals",
            {
                "name": f"{n}",
                "probability": probability and Decimal(probability),
                "close_date": day and date(2026, 1, day),
            },
        )
    of = (
        "sum probability",
        "avg probability",
        "min probability",
        "max probability",
        "min close_date",
        "max close_date",
    )
    assert group("", *of) == [
        (
            (),
            (
                Decimal("0.31"), Decimal("0.103333333333"), Decimal("0.01"), Decimal("0.20"),
                date(2026, 1, 1), date(2026, 1, 3),
            ),
        )
    ]  # fmt: skip


def test_over_nothing_a_count_and_a_sum_are_0_and_the_others_empty(group):
    assert group("", "count", "sum probability", "avg probability", "min probability") == [
        ((), (0, Decimal(0), None, None))
    ]
    assert group("stage", "count") == []


def test_currencies_never_mix(shop, group):
    shop.add("deals", {"name": "1", "amount": eur("1")}, {"name": "2", "amount": Money(Decimal(2), "USD")})
    shop.add("deals", {"name": "3", "amount": Money(Decimal(3), "USD")}, {"name": "4"})
    assert group("", "sum amount", "count") == [
        ((), (eur("1.00"), 2)),
        ((), (Money(Decimal("5.00"), "USD"), 2)),
    ]


def test_groups_are_by_relations_and_through_them_by_dates_and_attributes(shop, group):
    top, sub = shop.add(
        "accounts", {"name": "Åland", "industry": "steel"}, {"name": "Zeta", "industry": "steel"}
    )
    shop.add(
        "deals", {"name": "1", "account": top, "stage": "open"}, {"name": "2", "account": sub, "stage": "won"}
    )
    shop.add("deals", {"name": "3", "account": top, "stage": "lost"})
    assert group("account", "count") == [
        ((Ref("accounts", sub, "Zeta"),), (1,)),
        ((Ref("accounts", top, "Åland"),), (2,)),
    ]
    assert group("account.industry", "count") == [(("steel",), (3,))]
    assert group("account.industry stage", "count") == [
        (("steel", "open"), (1,)), (("steel", "won"), (1,)), (("steel", "lost"), (1,)),
    ]  # fmt: skip
    assert group("stage.probability", "count") == [((10,), (1,)), ((100,), (1,)), ((None,), (1,))]


def test_values_of_one_attribute_are_one_group(shop, group):
    shop.add("deals", {"name": "1", "stage": "lost"}, {"name": "2"}, {"name": "3", "stage": "won"})
    assert group("stage.probability", "count") == [((100,), (1,)), ((None,), (2,))]


def test_a_group_has_what_the_query_finds(shop, group):
    shop.add(
        "deals", {"name": "1", "hot": True}, {"name": "2", "hot": True, "deleted_at": NOW}, {"name": "3"}
    )
    assert group("", "count", where="hot") == [((), (1,))]
    assert group("", "count", deleted="only") == [((), (1,))]
    assert group("hot", "count", search="3") == [((None,), (1,))]


def test_links_make_no_groups(group, shop):
    shop.add("deals", {"name": "1"})
    with pytest.raises(UnsortableError, match="contacts"):
        group("contacts", "count")


def test_a_group_is_a_plain_value():
    assert Group((1,), (2,)) == Group((1,), (2,))
