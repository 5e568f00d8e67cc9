"""Northwind's people: sellers with their own orders, their manager, a support team and an auditor."""

from collections.abc import Iterator
from contextlib import ExitStack
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from runtime.cli.import_ import ImportCommand
from runtime.sites.people import add_user
from tests.journeys.test_northwind import PARSER, every, fill, needs_data
from tests.support.crm import App, open_app
from tests.support.databases import Databases, Template
from tools.northwind import LOGINS, PACK, PASSWORD, PEOPLE

ORDERS = 830


@pytest.fixture
def northwind(databases: Databases, database_engine: str, tmp_path: Path) -> Iterator[App]:
    """The sample with its people, made as ``make northwind`` does it."""
    template = Template("northwind", lambda url: fill(url, tmp_path))
    with ExitStack() as stack:
        url = stack.enter_context(databases.fresh(database_engine, template))
        app = open_app(stack, url, tmp_path, PACK)
        for name, called, role in PEOPLE:
            email = f"{name}@northwind.example"
            app._people[email] = add_user(app.site, email, called, PASSWORD, admin=role is None, role=role)
        words = ["employees", str(LOGINS), "--map", str(PACK / "maps" / "logins.yaml")]
        app.house.out = StringIO()
        assert ImportCommand().run(PARSER.parse_args(words), app.house) == 0
        yield app


def orders(app: App, name: str) -> list[dict[str, Any]]:
    return every(app.program(f"{name}@northwind.example"), "/orders")


@needs_data
def test_a_seller_sees_and_changes_her_own_orders(northwind: App) -> None:
    nancy = northwind.program("nancy@northwind.example")
    mine = orders(northwind, "nancy")
    assert len(mine) == 123
    assert {each["employee"]["title"] for each in mine} == {"Nancy Davolio"}
    assert nancy("PATCH", f"/orders/{mine[0]['id']}", json={"ship_city": "Turku"}).status_code == 200
    other = orders(northwind, "janet")[0]["id"]
    assert nancy("GET", f"/orders/{other}").status_code == 404
    assert "birth_date" not in nancy("GET", "/employees").json()["data"][0]


@needs_data
def test_the_sales_manager_sees_all_and_support_what_was_sent(northwind: App) -> None:
    assert len(orders(northwind, "steven")) == ORDERS
    sent = orders(northwind, "laura")
    assert all(each["shipped_on"] for each in sent)
    assert len(sent) == 809
    laura = northwind.program("laura@northwind.example")
    assert laura("PATCH", f"/orders/{sent[0]['id']}", json={"ship_city": "x"}).status_code == 403
    assert laura("GET", "/suppliers").status_code in (403, 404)


@needs_data
def test_the_auditor_reads_all_and_changes_nothing(northwind: App) -> None:
    auditor = northwind.program("auditor@northwind.example")
    found = orders(northwind, "auditor")
    assert len(found) == ORDERS
    for module in ("orders", "customers", "products", "employees"):
        number = auditor("GET", f"/{module}").json()["data"][0]["id"]
        assert auditor("PATCH", f"/{module}/{number}", json={}).status_code == 403
        assert auditor("DELETE", f"/{module}/{number}").status_code == 403
        assert auditor("POST", f"/{module}", json={}).status_code == 403
