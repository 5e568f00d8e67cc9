"""Computed fields: worked out in the save itself or where they are read, and nobody writes them."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

import pytest

from runtime.base.clock import FrozenClock
from runtime.cli.base import CommandError
from runtime.cli.import_ import ImportCommand
from tests.support.crm import App, Program
from tests.support.rest import make
from tests.support.screens import submit

PACK = """
    pack.yaml:
      title: Shop
      version: 1.0.0
      currency: EUR
      timezone: Europe/Helsinki
      rates: {USD: 1.08, JPY: 160}
    schemas/picklists/stages.yaml:
      values: {open: {kind: open, probability: 10}, won: {kind: won, probability: 100}}
    schemas/modules/accounts.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        city: {type: text}
        terms: {type: integer}
    schemas/modules/deals.yaml:
      title: "{name} {size}"
      search: [shout]
      fields:
        name: {type: text, required: true}
        account: {type: relation, module: accounts, inverse: deals}
        stage: {type: picklist, picklist: stages, default: open}
        amount: {type: money}
        weighted: {type: money, formula: amount * chance / 100, index: true}
        chance: {type: percent, formula: stage.probability}
        city: {type: text, formula: account.city}
        shout: {type: text, max: 6, formula: "concat(upper(name), '!')"}
        size: {type: text, formula: "if_(weighted >= 100, 'large', 'small')"}
        due: {type: date, formula: "close_date + days(default(account.terms, 14))"}
        close_date: {type: date}
        is_late: {type: boolean, formula: due < today()}
        days_left: {type: integer, formula: "days_between(today(), due)", label: Days left}
        half: {type: money, formula: weighted / 2, virtual: true}
        later: {type: text, formula: "if_(is_late, 'late', 'in time')"}
    schemas/modules/orders.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        discount: {type: percent}
        subtotal: {type: money, formula: sum(lines.total)}
        total: {type: money, formula: "subtotal * (1 - default(discount, 0) / 100)"}
        lines_of: {type: integer, formula: count(lines)}
      rows: {lines: {module: order_lines}}
    schemas/modules/order_lines.yaml:
      title: text
      fields:
        text: {type: text}
        qty: {type: decimal, scale: 3}
        price: {type: money}
        total: {type: money, formula: "price * qty * (1 - default(off, 0))"}
        off: {type: decimal}
        points: {type: money, formula: qty * 2}
    schemas/filters/deals.yaml:
      late: {where: is_late, columns: [name, days_left, half], sort: [-half], quick: [is_late, size]}
      all: {label: All}
"""
TODAY = FrozenClock(datetime(2026, 3, 10, 9, tzinfo=UTC))


@pytest.fixture
def app(crm) -> App:
    made: App = crm(PACK, clock=TODAY)
    return made


@pytest.fixture
def rest(app: App) -> Program:
    return app.program()


def read(rest: Program, path: str, **parameters: object) -> dict[str, Any]:
    answer = rest("GET", path, params=parameters)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def euro(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def test_a_formula_is_worked_out_in_the_save_from_what_it_reads(rest):
    acme = make(rest, "accounts", name="Acme", city="Oulu", terms=30)["id"]
    deal = make(rest, "deals", name="Big deal", account=acme, amount="1000.05", close_date="2026-03-01")
    assert deal["chance"] == "10.00"
    assert deal["weighted"] == euro("100.01")  # 100.005, half up
    assert (deal["city"], deal["shout"], deal["size"], deal["due"]) == (
        "Oulu",
        "BIG DE",
        "large",
        "2026-03-31",
    )
    changed = rest("PATCH", f"/deals/{deal['id']}", json={"stage": "won", "account": None}).json()["data"]
    assert (changed["weighted"], changed["city"], changed["due"]) == (euro("1000.05"), None, "2026-03-15")


def test_a_value_for_a_computed_field_is_refused_with_its_reason(rest):
    answer = rest("POST", "/deals", json={"name": "Big", "weighted": "5"})
    assert answer.status_code == 422
    reason = answer.json()["error"]["fields"]["weighted"]
    assert reason == ["Weighted is computed by its formula, and takes no value."]
    deal = make(rest, "deals", name="Big", amount=10)
    again = rest("PATCH", f"/deals/{deal['id']}", json={"weighted": deal["weighted"], "name": "Bigger"})
    assert again.status_code == 200, "it may be sent back as it was read"


def test_a_record_may_be_sent_back_as_it_was_read(rest):
    deal = make(rest, "deals", name="Big", amount=10, close_date="2026-03-10")
    address = f"/deals/{deal['id']}"
    whole = {key: value for key, value in deal.items() if key not in ("created_by", "updated_by", "owner")}
    again = rest("PATCH", address, json={**whole, "name": "Bigger"})
    assert again.status_code == 200, again.text
    assert again.json()["data"]["name"] == "Bigger"
    refused = rest("PATCH", address, json={"days_left": 3, "is_late": True}).json()["error"]["fields"]
    assert refused == {
        "days_left": ["Days left is computed by its formula, and takes no value."],
        "is_late": ["Is late is computed by its formula, and takes no value."],
    }


def test_a_search_a_title_and_the_log_know_what_was_worked_out(app, rest):
    deal = make(rest, "deals", name="Big", amount=5000)
    found = read(rest, "/deals", where="contains(shout, 'ig!')")["data"]
    assert [each["id"] for each in found] == [deal["id"]]
    page = app.sign_in().get(f"/app/deals/{deal['id']}")
    assert "Big large" in page
    assert "€500.00" in page
    assert "Big large" in app.sign_in().get("/search?q=big!")


def test_rows_come_before_what_is_summed_over_them(rest):
    lines = [{"text": "a", "qty": "1.5", "price": "9.99"}, {"text": "b", "qty": 3, "price": 2, "off": "0.15"}]
    order = make(rest, "orders", name="First", discount=10, lines=lines)
    assert [line["total"] for line in order["lines"]] == [euro("14.99"), euro("5.10")]
    assert (order["subtotal"], order["total"], order["lines_of"]) == (euro("20.09"), euro("18.08"), 2)
    kept = [{"id": order["lines"][0]["id"], "qty": 2}]
    changed = rest("PATCH", f"/orders/{order['id']}", json={"lines": kept}).json()["data"]
    assert (changed["subtotal"], changed["lines_of"]) == (euro("19.98"), 1)
    named = rest("PATCH", f"/orders/{order['id']}", json={"discount": None}).json()["data"]
    assert named["total"] == euro("19.98")


def test_a_plain_number_in_a_rows_money_is_of_the_currency_of_its_record(crm):
    app = crm(PACK.replace("discount:", "fee: {type: money}\n        discount:"))
    lines = [{"text": "a", "qty": "1.2"}]
    order = make(app.program(), "orders", name="First", fee={"amount": 1, "currency": "JPY"}, lines=lines)
    assert order["lines"][0]["points"] == {"amount": "2", "currency": "JPY"}


def test_what_does_not_fit_is_empty_and_refuses_nothing(rest):
    lines = [
        {"text": "a", "qty": "900000000000000", "price": "9000000000000000"},
        {"text": "b", "qty": 1, "price": {"amount": "1", "currency": "USD"}},
        {"text": "c", "qty": 1, "price": {"amount": "1", "currency": "EUR"}},
    ]
    order = make(rest, "orders", name="First", lines=lines)
    assert [line["total"] and line["total"]["amount"] for line in order["lines"]] == [None, "1.00", "1.00"]
    assert order["subtotal"] is None, "two currencies are not added up"


def test_a_virtual_field_is_worked_out_wherever_it_is_read(app, rest):
    early = make(rest, "deals", name="Early", amount=300, close_date="2026-02-20")["id"]  # due 6 March
    later = make(rest, "deals", name="Later", amount=500, close_date="2026-03-10")["id"]  # due 24 March
    empty = make(rest, "deals", name="Empty")["id"]
    deal = read(rest, f"/deals/{early}")["data"]
    assert (deal["is_late"], deal["days_left"], deal["half"], deal["later"]) == (
        True, -4, euro("15.00"), "late",
    )  # fmt: skip
    assert _ids(read(rest, "/deals", where="is_late")) == [early]
    assert _ids(read(rest, "/deals", where="days_left > 10 and half > 20")) == [later]
    assert _ids(read(rest, "/deals", sort="days_left")) == [early, later, empty]
    assert _ids(read(rest, "/deals", sort="-half")) == [later, early, empty]
    some = read(rest, "/deals", fields="name,half,later", sort="half", limit=1)
    assert some["data"] == [{"id": early, "name": "Early", "half": euro("15.00"), "later": "late"}]
    rest_of_it = read(rest, "/deals", fields="half", sort="half", after=some["next"])
    assert _ids(rest_of_it) == [later, empty]
    groups = read(rest, "/deals", group="is_late", value="sum(half)")["data"]
    assert [(each["group"]["is_late"], each["value"]) for each in groups] == [
        (False, euro("25.00")),
        (True, euro("15.00")),
    ]
    listed = app.sign_in().get("/app/deals?filter=late")
    assert "€15.00" in listed
    assert "Later" not in listed


def test_a_virtual_field_is_read_over_a_relation(crm):
    app = crm(
        PACK.replace(
            "terms: {type: integer}",
            "terms: {type: integer}\n        best: {type: money, virtual: true, formula: max(deals.amount)}\n"
            "        here: {type: text, virtual: true, formula: \"concat(name, ' in ', city)\"}",
        )
    )
    rest = app.program()
    acme = make(rest, "accounts", name="Acme", city="Oulu")["id"]
    big = make(rest, "deals", name="Big", account=acme, amount=300)["id"]
    small = make(rest, "deals", name="Small", account=acme, amount=20)["id"]
    none = make(rest, "deals", name="None", amount=1)["id"]
    assert read(rest, f"/accounts/{acme}")["data"]["best"] == euro("300.00")
    assert _ids(read(rest, "/deals", where="amount == account.best")) == [big]
    assert _ids(read(rest, "/deals", where="ends_with(account.here, 'oulu')", sort="name")) == [big, small]
    assert _ids(read(rest, "/deals", where="is_empty(account.here)")) == [none], "it leads nowhere"
    found = read(rest, "/deals", fields="account.here", sort="account.here,amount")["data"]
    assert [each["id"] for each in found] == [small, big, none]
    assert found[0]["account.here"] == "Acme in Oulu"
    assert _ids(read(rest, "/accounts", where="exists(deals, account.best > 100)")) == [acme]


def test_tomorrow_a_virtual_field_says_another_thing(crm):
    clock = FrozenClock(datetime(2026, 3, 10, 9, tzinfo=UTC))
    app = crm(PACK, clock=clock)
    rest = app.program()
    deal = make(rest, "deals", name="Early", close_date="2026-02-24")["id"]  # due 10 March
    assert _ids(read(rest, "/deals", where="is_late")) == []
    assert _ids(read(rest, "/deals", where="days_left == 0", fields="days_left")) == [deal]
    clock.moment = datetime(2026, 3, 11, 9, tzinfo=UTC)
    assert _ids(read(rest, "/deals", where="is_late")) == [deal]
    assert read(rest, f"/deals/{deal}")["data"]["days_left"] == -1


def test_a_form_shows_a_computed_field_and_offers_no_control(app, rest):
    deal = make(rest, "deals", name="Big", amount=500)["id"]
    browser = app.sign_in()
    form = browser.get(f"/app/deals/{deal}/edit")
    assert "€50.00" in form
    assert 'name="weighted"' not in form.text
    assert 'name="half"' not in form.text
    assert browser.get(f"/app/deals/{deal}/field/weighted").status == 404
    assert 'name="weighted"' not in browser.get("/app/deals/new").text


def test_openapi_says_that_a_computed_field_is_read_only(rest):
    schemas = rest("GET", "/openapi.json").json()["components"]["schemas"]
    assert schemas["deals"]["properties"]["weighted"]["readOnly"] is True
    assert "weighted" not in schemas["deals.create"]["properties"]


def test_cards_related_lists_quick_views_and_exports_show_what_is_virtual(crm):
    layouts = """
    schemas/layouts/deals.yaml:
      card: {header: [days_left], tabs: {main: {deal: {fields: [name, half, later]}}}}
      quick_view: [name, half]
      list: [name, half, days_left]
    schemas/layouts/accounts.yaml:
      card: {tabs: {main: {deals: {related: deals, columns: [name, days_left, half], sort: [-half]}}}}
"""
    app = crm(f"{PACK}{layouts}", clock=TODAY)
    rest = app.program()
    acme = make(rest, "accounts", name="Acme")["id"]
    values = {"account": acme, "close_date": "2026-03-10"}
    deal = make(rest, "deals", name="Early", amount=600, **values)["id"]
    make(rest, "deals", name="Bigger", amount=700, **values)
    browser = app.sign_in()
    assert "€30.00" in browser.get(f"/app/deals/{deal}")
    assert "in time" in browser.get(f"/app/deals/{deal}")
    assert "€30.00" in browser.get(f"/app/deals/{deal}/quick")
    card = browser.get(f"/app/accounts/{acme}").text
    assert 0 < card.index("€35.00") < card.index("€30.00")
    file = submit(browser, "/app/deals/export?filter=all", {"format": "csv"})
    assert file.text.splitlines() == [
        "\ufeffName,Half,Days left",
        "Bigger,35.00 EUR,14",
        "Early,30.00 EUR,14",
    ]


def test_an_import_gives_no_computed_field_a_value(app):
    file = app.folder / "deals.csv"
    file.write_text("name,sum\nBig,5\n")
    (app.folder / "map.yaml").write_text("columns: {name: name, sum: weighted}\n")
    parser = ArgumentParser()
    ImportCommand().configure(parser)
    words = ["deals", str(file), "--map", str(app.folder / "map.yaml")]
    with pytest.raises(CommandError, match="nothing was imported"):
        ImportCommand().run(parser.parse_args(words), app.house)
    said = app.house.out.getvalue() + app.house.err.getvalue()
    assert '"weighted" is computed by its formula' in said


def test_conditions_rules_checks_and_formulas_read_computed_fields(crm):
    app = crm(
        """
        schemas/modules/deals.yaml:
          title: name
          fields:
            name: {type: text}
            amount: {type: money}
            big: {type: boolean, formula: amount > 100}
            age: {type: integer, formula: "default(days_between(begun, today()), 0)"}
            begun: {type: date}
            reason: {type: text}
            mark: {type: text}
          rules:
            big_needs_reason: {when: big, require: [reason]}
          checks:
            young: {check: age < 10, message: It is too old.}
        formulas/deals.yaml:
          mark: {field: mark, value: "if_(big and age > 2, 'hurry')", clear: true}
        """,
        clock=TODAY,
    )
    rest = app.program()
    refused = rest("POST", "/deals", json={"name": "Big", "amount": 500}).json()["error"]["fields"]
    assert refused == {"reason": ["Reason is required."]}
    old = rest("POST", "/deals", json={"name": "Old", "begun": "2026-02-01"}).json()["error"]
    assert old["message"] == "It is too old."
    deal = make(rest, "deals", name="Big", amount=500, reason="So", begun="2026-03-05")
    assert (deal["mark"], deal["age"]) == ("hurry", 5)
    assert rest("PATCH", f"/deals/{deal['id']}", json={"amount": 5}).json()["data"]["mark"] is None


def _ids(answer: dict[str, Any]) -> list[int]:
    return [each["id"] for each in answer["data"]]
