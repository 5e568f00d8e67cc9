"""What the standard pack works out: totals with discount and tax, what a stage is worth, what is due."""

from datetime import UTC, datetime
from typing import Any

import pytest

from runtime.base.clock import FrozenClock
from runtime.language.packs import standard_folder
from tests.support.crm import App, Program
from tests.support.rest import make

TODAY = FrozenClock(datetime(2026, 3, 20, 9, tzinfo=UTC))


@pytest.fixture
def rest(crm) -> Program:
    app: App = crm(pack=standard_folder(), clock=TODAY)
    return app.program()


def asked(rest: Program, path: str, **parameters: str) -> list[dict[str, Any]]:
    answer = rest("GET", path, params=parameters)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def amounts(record: dict[str, Any], *keys: str) -> tuple[str | None, ...]:
    return tuple(record[key] and record[key]["amount"] for key in keys)


@pytest.mark.parametrize("module", ["quotes", "sales_orders", "invoices"])
def test_totals_come_from_the_lines_with_discount_and_tax(rest, module: str):
    acme = make(rest, "accounts", name="Acme")["id"]
    items = [
        {"name": "Licence", "qty": 3, "price": "33.35", "discount": 10, "tax_rate": "vat_25_5"},
        {"name": "Book", "qty": 1, "price": "10", "tax_rate": "vat_10"},
    ]
    values = {"account": acme, "items": items, "discount": 5, "shipping": "7.90"}
    paper = make(rest, module, subject="Work", **values)
    assert [amounts(each, "net", "tax", "total") for each in paper["items"]] == [
        ("90.05", "22.96", "113.01"),  # 90.045 and 22.96275, half up
        ("10.00", "1.00", "11.00"),
    ]
    assert amounts(paper, "subtotal", "tax", "total") == ("100.05", "22.76", "125.71")


def test_a_stage_gives_its_probability_and_a_loss_asks_for_its_reason(rest):
    acme = make(rest, "accounts", name="Acme")["id"]
    deal = make(rest, "potentials", name="Big", account=acme, amount=1000, stage="proposal")
    assert (deal["probability"], *amounts(deal, "weighted")) == ("50.00", "500.00")
    address = f"/potentials/{deal['id']}"
    own = rest("PATCH", address, json={"probability": 60}).json()["data"]
    assert amounts(own, "weighted") == ("600.00",)
    lost = rest("PATCH", address, json={"stage": "lost"})
    assert lost.json()["error"]["fields"] == {"lost_reason": ["Lost reason is required."]}
    lost = rest("PATCH", address, json={"stage": "lost", "lost_reason": "Too dear."}).json()["data"]
    assert (lost["probability"], *amounts(lost, "weighted")) == ("0.00", "0.00")


def test_the_customers_term_of_payment_gives_the_due_date(rest):
    acme = make(rest, "accounts", name="Acme", payment_term="net_30")["id"]
    bill = make(rest, "invoices", subject="Work", account=acme, invoice_date="2026-02-01")
    assert (bill["payment_term"], bill["due_date"]) == ("net_30", "2026-03-03")
    address = f"/invoices/{bill['id']}"
    assert rest("PATCH", address, json={"payment_term": "net_7"}).json()["data"]["due_date"] == "2026-02-08"
    assert rest("PATCH", address, json={"due_date": "2026-02-20"}).json()["data"]["due_date"] == "2026-02-20"


def test_what_is_late_says_so_by_itself(rest):
    acme = make(rest, "accounts", name="Acme")["id"]
    values = {"account": acme, "status": "sent", "invoice_date": "2026-03-01"}
    late = make(rest, "invoices", subject="Late", due_date="2026-03-10", **values)
    make(rest, "invoices", subject="Not yet", due_date="2026-03-20", **values)
    assert (late["is_overdue"], late["days_overdue"]) == (True, 10)
    assert [each["id"] for each in asked(rest, "/invoices", filter="overdue")] == [late["id"]]
    deal = make(rest, "potentials", name="Big", account=acme, close_date="2026-03-01")
    assert [each["id"] for each in asked(rest, "/potentials", where="is_overdue")] == [deal["id"]]
    task = make(rest, "activities", subject="Call", type="task", due_date="2026-03-19")
    assert [each["id"] for each in asked(rest, "/activities", where="is_overdue")] == [task["id"]]
    ticket = make(rest, "tickets", subject="Help", due_at="2026-03-20T08:59:00Z")
    assert ticket["is_overdue"]


def test_an_account_knows_what_it_bought_and_owes(rest):
    acme = make(rest, "accounts", name="Acme")["id"]
    for name, stage, amount in (("A", "won", 300), ("B", "won", 200), ("C", "proposal", 100)):
        make(rest, "potentials", name=name, account=acme, stage=stage, amount=amount)
    items = [{"name": "Work", "qty": 1, "price": 100, "tax_rate": "vat_25_5"}]
    sent = {"account": acme, "subject": "Bill", "status": "sent", "items": items}
    bill = make(rest, "invoices", **sent)
    make(rest, "invoices", **sent)
    keys = ("won_total", "open_total", "invoiced_total", "unpaid_total")

    def account() -> tuple[str | None, ...]:
        return amounts(rest("GET", f"/accounts/{acme}").json()["data"], *keys)

    assert account() == ("500.00", "50.00", "251.00", "251.00")
    rest("PATCH", f"/invoices/{bill['id']}", json={"status": "paid"})
    row = {"id": bill["items"][0]["id"], "price": 200}
    rest("PATCH", f"/invoices/{bill['id']}", json={"items": [row]})
    assert account() == ("500.00", "50.00", "376.50", "125.50")
    assert rest("DELETE", f"/invoices/{bill['id']}").status_code == 204
    assert account() == ("500.00", "50.00", "125.50", "125.50")
    assert [each["id"] for each in asked(rest, "/accounts", where="won_total > 400")] == [acme]


def test_logged_hours_and_a_campaigns_revenue_add_up(rest):
    project = make(rest, "projects", name="Site")["id"]
    phase = make(rest, "project_phases", name="Build", project=project)["id"]
    work = {"description": "Work", "project": project, "worked_on": "2026-03-02"}
    make(rest, "time_entries", hours="1.5", phase=phase, **work)
    make(rest, "time_entries", hours=2, **work)
    assert rest("GET", f"/projects/{project}").json()["data"]["logged_hours"] == "3.50"
    assert rest("GET", f"/project_phases/{phase}").json()["data"]["logged_hours"] == "1.50"
    spring = make(rest, "campaigns", name="Spring")["id"]
    acme = make(rest, "accounts", name="Acme")["id"]
    make(rest, "potentials", name="A", account=acme, campaign=spring, stage="won", amount=700)
    assert amounts(rest("GET", f"/campaigns/{spring}").json()["data"], "actual_revenue") == ("700.00",)
