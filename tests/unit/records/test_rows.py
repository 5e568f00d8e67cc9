"""Tests of rows: a list under its name, saved with the record it belongs to."""

from typing import Any

import pytest

from runtime.records.change import Change
from tests.unit.records.crm import Crm


@pytest.fixture
def order(crm: Crm) -> int:
    """An order of two lines: 2 chai, 3 tea."""
    account = crm.create("accounts", name="Acme")
    chai, tea = crm.create("products", name="Chai"), crm.create("products", name="Tea")
    items = [{"product": chai, "quantity": 2}, {"product": tea, "quantity": 3}]
    return crm.create("orders", account=account, items=items)


def lines(crm: Crm, order: int) -> list[dict[str, Any]]:
    return sorted(
        (row for row in crm.all("order_lines") if row["parent"] == order), key=lambda row: row["position"]
    )


def test_rows_are_created_in_order_with_their_record(crm: Crm, order: int):
    assert [(row["quantity"], row["position"]) for row in lines(crm, order)] == [(2, 1), (3, 2)]
    assert crm.stored("orders", order)["number"] == "ORD-2026-00001"


def test_a_list_changes_adds_removes_and_reorders(crm: Crm, order: int):
    first, second = lines(crm, order)
    milk = crm.create("products", name="Milk")
    saved = crm.update(
        "orders", order, items=[{"id": second["id"], "quantity": 9}, {"product": milk, "quantity": 1}]
    )
    assert (saved.action, saved.version) == ("updated", 2)
    after = lines(crm, order)
    assert [(row["product"], row["quantity"], row["position"]) for row in after] == [
        (second["product"], 9, 1),
        (milk, 1, 2),
    ]
    assert after[0]["id"] == second["id"]
    assert crm.stored("order_lines", first["id"])["deleted_at"] is not None


def test_the_same_list_again_changes_nothing(crm: Crm, order: int):
    same = [
        {"id": row["id"], "product": row["product"], "quantity": row["quantity"]} for row in lines(crm, order)
    ]
    saved = crm.update("orders", order, items=same)
    assert (saved.action, saved.version) == ("unchanged", 1)


def test_an_unnamed_list_is_left_alone_and_an_empty_one_removes_all(crm: Crm, order: int):
    crm.update("orders", order, day="2026-03-01")
    assert len(lines(crm, order)) == 2
    crm.update("orders", order, items=[])
    assert lines(crm, order) == []


def test_errors_of_rows_stand_at_their_place(crm: Crm, order: int):
    first = lines(crm, order)[0]["id"]
    errors = crm.refused(
        Change(
            "orders",
            {
                "day": "soon",
                "items": [
                    {"id": first, "quantity": 0},
                    {"product": 999_999, "quantity": 1, "colour": "red"},
                    "a row",
                    {"product": {"match": {"name": "Chai"}}},
                    {"id": 424242},
                ],
            },
            id=order,
        )
    )
    assert errors == {
        "day": ["Day must be a date, such as 2026-01-31."],
        "items.0.quantity": ["Quantity must be at least 1."],
        "items.1.product": ["Product names no record that exists."],
        "items.1.colour": ['Order line has no field "colour".'],
        "items.2": ["A row must be an object of its fields."],
        "items.3.quantity": ["Quantity is required."],
        "items.4.id": ["This is not a row of the record."],
    }
    assert [row["quantity"] for row in lines(crm, order)] == [2, 3]


def test_the_row_of_another_record_cannot_be_touched(crm: Crm, order: int):
    account = crm.create("accounts", name="Other")
    mine = crm.create("orders", account=account)
    row = lines(crm, order)[0]["id"]
    assert "items.0.id" in crm.refused(Change("orders", {"items": [{"id": row, "quantity": 1}]}, id=mine))
    assert "parent" in crm.refused(Change("order_lines", {"parent": mine}, id=row))


def test_no_two_rows_of_a_record_are_alike_where_that_is_said(crm: Crm, order: int):
    product = lines(crm, order)[0]["product"]
    twice = [{"product": product, "quantity": 1}, {"product": product, "quantity": 2}]
    assert list(crm.refused(Change("orders", {"items": twice}, id=order))) == ["items.1.product"]
    assert crm.update("orders", order, items=[{"product": product, "quantity": 7}]).action == "updated"


def test_a_row_written_by_itself_comes_last_and_changes_its_record(crm: Crm, order: int):
    milk = crm.create("products", name="Milk")
    row = crm.create("order_lines", parent=order, product=milk, quantity=5)
    assert crm.stored("order_lines", row)["position"] == 3
    assert crm.stored("orders", order)["version"] == 2
    crm.update("order_lines", row, quantity=6)
    crm.delete("order_lines", row)
    assert crm.stored("orders", order)["version"] == 4
    stale = Change("orders", {"items": []}, id=order, version=1)
    assert crm.kind(stale) == "conflict"


def test_a_row_needs_a_record_to_belong_to(crm: Crm):
    product = crm.create("products", name="Chai")
    assert crm.refused(Change("order_lines", {"product": product, "quantity": 1})) == {
        "parent": ["Parent is required."]
    }


def test_orders_with_rows_take_the_same_statements_for_one_and_for_many(crm: Crm):
    account = crm.create("accounts", name="Acme")
    products = [crm.create("products", name=name) for name in ("Chai", "Tea")]

    def batch(size: int) -> list[Change]:
        items = [{"product": product, "quantity": 1} for product in products]
        return [Change("orders", {"account": account, "items": items}) for _ in range(size)]

    needed = [crm.count(crm.save, *batch(size)) for size in (1, 30, 500)]
    assert max(needed) - min(needed) <= 5, needed
