"""The demo's people at work: a seller, the support team and an auditor, each with their role's rights."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from runtime.sites.demo import PACK, PASSWORD
from runtime.sites.world.people import ADMIN, AUDITOR, FIELD_SALES, SELLER, SUPPORT, add_people
from tests.support.crm import App, Browser, open_app
from tests.support.databases import Databases, Template
from tests.support.demo import fill
from tests.support.guarded import sign_in

RECORDS = 300
WRITES = re.compile(
    r'(?:href|action|hx-get|hx-post)="(/app/[^"?]*/(?:new|create|edit|delete|import|share|files|link/\w+)|/undo/\d+)'
)


@pytest.fixture
def demo(databases: Databases, database_engine: str, tmp_path: Path) -> Iterator[App]:
    """The demo, filled once in a test run and copied for each test."""
    template = Template(f"demo of {RECORDS}", lambda url: _fill(url, tmp_path))
    with ExitStack() as stack:
        url = stack.enter_context(databases.fresh(database_engine, template))
        app = open_app(stack, url, tmp_path, PACK)
        app._people.update(add_people(app.site))
        yield app


def _fill(url: str, folder: Path) -> None:
    with ExitStack() as stack:
        fill(open_app(stack, url, folder, PACK).site, RECORDS)


def browser(app: App, email: str) -> Browser:
    found, page = sign_in(app, email, PASSWORD)
    assert page.path == "/app", page.text
    return found


def every(app: App, email: str, module: str, **asked: str) -> dict[int, dict[str, Any]]:
    """All records of a module that somebody sees, by their ids."""
    found: dict[int, dict[str, Any]] = {}
    program, after = app.program(email), None
    while True:
        page = program(
            "GET", f"/{module}", params={"limit": 1000, **asked, **({"after": after} if after else {})}
        )
        assert page.status_code == 200, page.text
        found |= {each["id"]: each for each in page.json()["data"]}
        after = page.json()["next"]
        if after is None:
            return found


def test_a_seller_sees_her_deals_and_those_of_her_group_and_no_others(demo: App) -> None:
    mine, all_of_them = every(demo, SELLER, "potentials"), every(demo, ADMIN, "potentials")
    hers = {demo._people[SELLER], demo._people[FIELD_SALES]}
    expected = {
        number for number, each in all_of_them.items() if each["owner"] and each["owner"]["id"] in hers
    }
    assert set(mine) == expected
    assert {each["owner"]["id"] for each in mine.values()} == hers
    assert len(mine) < len(all_of_them)


def test_a_sales_manager_sees_what_the_sellers_below_own(demo: App) -> None:
    owners = {each["owner"]["title"] for each in every(demo, "pekka@example.com", "potentials").values()}
    assert {"Sanna Seller", "Emma Clarke", "Olli Saarinen", "Pekka Mäkelä", FIELD_SALES} <= owners
    assert "Alma Admin" not in owners


def test_a_seller_changes_the_amount_of_an_open_deal_and_of_no_other(demo: App) -> None:
    program = demo.program(SELLER)
    for where, status in (("stage.kind == 'open'", 200), ("stage.kind == 'won'", 422)):
        deal = next(iter(every(demo, SELLER, "potentials", where=where)))
        answer = program(
            "PATCH", f"/potentials/{deal}", json={"amount": {"amount": "1.00", "currency": "EUR"}}
        )
        assert answer.status_code == status, answer.text


def test_a_seller_knows_no_cost_and_makes_no_invoice(demo: App) -> None:
    product = next(iter(every(demo, SELLER, "products").values()))
    assert "cost" not in product
    assert "cost" in next(iter(every(demo, ADMIN, "products").values()))
    assert demo.program(SELLER)("POST", "/invoices", json={}).status_code == 403
    page = browser(demo, SELLER).get("/app/invoices")
    assert page.status == 200
    assert "/app/invoices/new" not in page.text


def test_the_support_team_sees_the_deals_that_were_won_and_changes_none(demo: App) -> None:
    seen = every(demo, SUPPORT, "potentials")
    assert set(seen) == set(every(demo, ADMIN, "potentials", where="stage.kind == 'won'"))
    deal = next(iter(seen))
    assert "probability" not in seen[deal]
    assert demo.program(SUPPORT)("PATCH", f"/potentials/{deal}", json={"name": "x"}).status_code == 403
    assert demo.program(SUPPORT)("GET", "/leads").status_code in (403, 404)


def test_the_support_team_works_on_every_ticket(demo: App) -> None:
    tickets = every(demo, SUPPORT, "tickets")
    assert set(tickets) == set(every(demo, ADMIN, "tickets"))
    answer = demo.program(SUPPORT)("PATCH", f"/tickets/{next(iter(tickets))}", json={"subject": "Printer"})
    assert answer.status_code == 200, answer.text
    page = browser(demo, SUPPORT).get(f"/app/tickets/{next(iter(tickets))}")
    assert f"/app/tickets/{next(iter(tickets))}/edit" in page.text


def test_an_auditor_reads_all_and_changes_nothing(demo: App) -> None:
    program, own = demo.program(AUDITOR), demo.site.live.catalog.modules
    for key, module in own.items():
        if module.system or module.parent is not None:
            continue
        seen = every(demo, AUDITOR, key)
        assert set(seen) == set(every(demo, ADMIN, key)), key
        number = next(iter(seen))
        assert program("POST", f"/{key}", json={}).status_code == 403, key
        assert program("PATCH", f"/{key}/{number}", json={}).status_code == 403, key
        assert program("DELETE", f"/{key}/{number}").status_code == 403, key


def test_an_auditor_is_shown_no_button_that_is_refused(demo: App) -> None:
    auditor = browser(demo, AUDITOR)
    for key, module in demo.site.live.catalog.modules.items():
        if module.system or module.parent is not None:
            continue
        number = next(iter(every(demo, AUDITOR, key)))
        for address in (f"/app/{key}", f"/app/{key}/{number}"):
            page = auditor.get(address)
            assert page.status == 200, address
            assert WRITES.findall(page.text) == [], address
            steps = re.findall(r"<li[^>]*><button name=[^>]*>", page.text)
            assert all("disabled" in step for step in steps), address


@pytest.mark.parametrize("email", [SELLER, SUPPORT, AUDITOR])
def test_whatever_a_page_leads_to_opens(demo: App, email: str) -> None:
    who = browser(demo, email)
    kinds: set[str] = set()
    refused: dict[str, int] = {}
    pages = [who.get("/app")]
    for key in ("accounts", "potentials", "tickets", "activities"):
        seen = list(every(demo, email, key))[:1]
        pages += [who.get(f"/app/{key}"), *(who.get(f"/app/{key}/{number}") for number in seen)]
    for page in pages:
        assert page.status == 200
        for found in re.findall(r'<a [^>]*href="(/[^"#]*)"', page.text):
            address = found.replace("&amp;", "&")
            kind = re.sub(r"\d+|\?.*", "", address)  # of many links of a kind one is followed
            if kind not in kinds:
                kinds.add(kind)
                status = who.get(address).status
                refused |= {address: status} if status >= 400 else {}
    assert refused == {}
