"""Money in rows is in the currency of their record at every door, where none is written."""

import pytest

from tests.support.rest import read
from tests.support.screens import sheet, submit

PACK = """
    pack.yaml:
      title: Test
      version: 1.0.0
      currency: EUR
      timezone: Europe/Helsinki
      rates: {USD: 1.08, JPY: 160}
    schemas/modules/deals.yaml:
      fields:
        name: {type: text}
        amount: {type: money}
        currency: {type: picklist, picklist: currency}
      rows:
        items: {module: deal_items, label: Items}
    schemas/modules/deal_items.yaml:
      fields:
        name: {type: text}
        price: {type: money}
        fee: {type: money, currencies: [EUR, USD]}
    schemas/picklists/currency.yaml:
      values: {eur: {}, usd: {}, jpy: {}}
"""


@pytest.fixture
def app(crm):
    return crm(PACK)


def prices(rest, deal):
    items = read(rest, f"/deals/{deal}")["data"]["items"]
    return [item["price"] and (item["price"]["amount"], item["price"]["currency"]) for item in items]


def made(rest, **values):
    answer = rest("POST", "/deals", json=values)
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]["id"]


USD = {"amount": "10", "currency": "USD"}


def test_rows_take_the_currency_of_their_records_first_money(app):
    rest = app.program()
    deal = made(rest, amount=USD, items=[{"price": "12.50"}, {"price": {"amount": 3, "currency": "EUR"}}, {}])
    assert prices(rest, deal) == [("12.50", "USD"), ("3.00", "EUR"), None]


def test_a_later_row_takes_the_currency_that_stands(app):
    rest = app.program()
    deal = made(rest, amount=USD)
    assert rest("PATCH", f"/deals/{deal}", json={"items": [{"price": 5}]}).status_code == 200
    assert prices(rest, deal) == [("5.00", "USD")]


def test_without_money_the_field_currency_tells_and_else_the_site(app):
    rest = app.program()
    assert prices(rest, made(rest, currency="jpy", items=[{"price": "12.5"}])) == [("13", "JPY")]
    assert prices(rest, made(rest, items=[{"price": "12.5"}])) == [("12.50", "EUR")]


def test_a_row_written_by_itself_takes_it_too(app):
    rest = app.program()
    deal = made(rest, amount=USD)
    answer = rest("POST", "/deal_items", json={"parent": deal, "price": "7"})
    assert answer.status_code == 201, answer.text
    row = answer.json()["data"]["id"]
    assert rest("PATCH", f"/deal_items/{row}", json={"price": "8"}).status_code == 200
    assert prices(rest, deal) == [("8.00", "USD")]


def test_a_row_whose_field_does_not_take_that_currency_is_refused_at_its_field(app):
    answer = app.program()("POST", "/deals", json={"currency": "jpy", "items": [{"fee": "1"}]})
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"] == {"items.0.fee": ["Fee must be in EUR or USD."]}


def test_a_form_leaves_the_currency_of_a_new_row_to_its_record(app):
    browser, rest = app.sign_in(), app.program()
    page = browser.get("/app/deals/new")
    assert sheet(page).options["amount:currency"] == ["EUR", "USD", "JPY"]
    again = submit(browser, page, {"_rows": "items:add"})
    rows = [name for name in sheet(again).values if name.endswith(".price")]
    assert len(rows) == 1
    assert sheet(again).values[f"{rows[0]}:currency"] == [""]
    saved = submit(browser, again, {"amount": "10", "amount:currency": "USD", rows[0]: "12.50"})
    assert saved.status == 200
    deal = int(saved.path.rsplit("/", 1)[1].split("?")[0])
    assert prices(rest, deal) == [("12.50", "USD")]
    page = submit(browser, f"/app/deals/{deal}/edit", {})
    assert page.status == 200
    assert prices(rest, deal) == [("12.50", "USD")]
