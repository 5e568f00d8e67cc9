"""The Northwind sample, from its pack and its CSV files to what a client of REST adds up."""

import os
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from runtime.cli.import_ import ImportCommand
from tests.support.crm import App, Program, open_app
from tests.support.databases import Databases, Template
from tools.northwind import FILES, PACK

DATA = Path(os.environ.get("NORTHWIND_DATA", "northwind"))
PARSER = ArgumentParser()
ImportCommand().configure(PARSER)
needs_data = pytest.mark.skipif(
    not (DATA / "orders.csv").is_file(),
    reason="Northwind's CSV files are not here: name their folder in NORTHWIND_DATA.",
)


@pytest.fixture
def northwind(databases: Databases, database_engine: str, tmp_path: Path) -> Iterator[App]:
    """The sample, imported once in a test run and copied for each test."""
    template = Template("northwind", lambda url: fill(url, tmp_path))
    with ExitStack() as stack:
        url = stack.enter_context(databases.fresh(database_engine, template))
        yield open_app(stack, url, tmp_path, PACK)


def fill(url: str, folder: Path) -> None:
    """Apply the pack and import every file."""
    with ExitStack() as stack:
        assert imported(open_app(stack, url, folder, PACK))["refused"] == 0


def imported(app: App) -> dict[str, int]:
    """Import every file; what became of all the rows."""
    sums: dict[str, int] = {}
    for module, name in FILES:
        words = [module, str(DATA / f"{name}.csv"), "--map", str(PACK / "maps" / f"{name}.yaml")]
        app.house.out = StringIO()
        assert ImportCommand().run(PARSER.parse_args(words), app.house) == 0
        for part in app.house.out.getvalue().strip().split(","):
            word, n = part.split()
            sums[word] = sums.get(word, 0) + int(n)
    return sums


def every(program: Program, path: str, **parameters: Any) -> list[dict[str, Any]]:
    """Every record of a list, page by page."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = program(
            "GET", path, params={**parameters, "limit": 1000, **({"after": after} if after else {})}
        ).json()
        found += page["data"]
        after = page["next"]
        if after is None:
            return found


@needs_data
def test_the_lines_of_all_orders_add_up_to_the_cent_and_beyond(northwind: App) -> None:
    lines = every(northwind.program(), "/order_lines")
    total = sum(
        Decimal(line["unit_price"]["amount"]) * line["quantity"] * (1 - Decimal(line["discount"]))
        for line in lines
    )
    assert len(lines) == 2155
    assert total == Decimal("1265793.0395")


@needs_data
def test_the_totals_of_lines_and_orders_add_up_rounded_to_the_cent(northwind: App) -> None:
    program = northwind.program()
    expected = Decimal("1265793.29")
    for module in ("order_lines", "orders"):
        records = every(program, f"/{module}", fields="total")
        assert sum(Decimal(each["total"]["amount"]) for each in records) == expected
        asked = program("GET", f"/{module}", params={"value": "sum(total)"}).json()["data"]
        assert asked == [{"group": {}, "value": {"amount": "1265793.29", "currency": "USD"}}]
    best = program("GET", "/orders", params={"sort": "-total", "limit": 1}).json()["data"][0]
    assert (best["code"], best["total"]["amount"]) == (10865, "16387.50")


@needs_data
def test_customers_and_employees_are_listed_by_what_they_bought_and_sold(northwind: App) -> None:
    program = northwind.program()
    totals: dict[str, dict[str, Decimal]] = {"customer": {}, "employee": {}}
    for order in every(program, "/orders", fields="total,customer,employee"):
        for key, sums in totals.items():
            title = order[key]["title"]
            sums[title] = sums.get(title, Decimal(0)) + Decimal(order["total"]["amount"])
    for module, sums in (("customers", totals["customer"]), ("employees", totals["employee"])):
        listed = every(program, f"/{module}", sort="-turnover")
        turnover = [Decimal(each["turnover"]["amount"]) for each in listed]
        assert turnover == sorted([*sums.values(), *[Decimal(0)] * (len(listed) - len(sums))], reverse=True)
        assert sum(turnover) == Decimal("1265793.29")
    best = northwind.sign_in().get("/app/customers?filter=best").text
    assert 0 < best.index("QUICK-Stop") < best.index("Ernst Handel") < best.index("Save-a-lot Markets")


@needs_data
def test_a_line_that_changes_moves_its_order_its_customer_and_its_employee(northwind: App) -> None:
    program = northwind.program()
    order = program("GET", "/orders", params={"where": "code == 10248"}).json()["data"][0]
    line = program("GET", "/order_lines", params={"where": f"parent.id == {order['id']}"}).json()["data"][0]

    def amounts() -> list[Decimal]:
        whole = program("GET", f"/orders/{order['id']}").json()["data"]
        found = [whole["total"]]
        for module, key in (("customers", "customer"), ("employees", "employee")):
            found.append(program("GET", f"/{module}/{whole[key]['id']}").json()["data"]["turnover"])
        return [Decimal(each["amount"]) for each in found]

    before = amounts()
    price = Decimal(line["unit_price"]["amount"]) + 1
    program("PATCH", f"/order_lines/{line['id']}", json={"unit_price": str(price)})
    more = Decimal(line["quantity"]) * (1 - Decimal(line["discount"]))
    assert [after - was for after, was in zip(amounts(), before, strict=True)] == [more] * 3


@needs_data
def test_twenty_one_orders_have_not_been_shipped(northwind: App) -> None:
    program = northwind.program()
    assert len(every(program, "/orders")) == 830
    unshipped = program("GET", "/orders", params={"filter": "unshipped", "count": "exact"}).json()
    assert unshipped["count"] == 21


@needs_data
def test_a_second_import_changes_nothing(northwind: App) -> None:
    again = imported(northwind)
    assert again["created"] == again["updated"] == again["refused"] == 0


@needs_data
def test_an_orders_card_shows_its_lines(northwind: App) -> None:
    order = northwind.program()("GET", "/orders", params={"where": "code == 10248"}).json()["data"][0]
    card = northwind.sign_in().get(f"/app/orders/{order['id']}")
    for product in ("Queso Cabrales", "Singaporean Hokkien Fried Mee", "Mozzarella di Giovanni"):
        assert product in card


@needs_data
def test_employees_report_to_employees_and_have_territories(northwind: App) -> None:
    people = {person["first_name"]: person for person in every(northwind.program(), "/employees")}
    assert people["Nancy"]["reports_to"]["title"] == "Andrew Fuller"
    assert people["Andrew"]["reports_to"] is None
    assert sum(len(person["territories"]) for person in people.values()) == 49
