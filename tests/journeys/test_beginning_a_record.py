"""A new record begins with what is known already: where it was begun, and what is chosen while one types."""

import re

import pytest

from runtime.language.packs import standard_folder
from tests.support.rest import make
from tests.support.screens import sheet

NEW = "/app/quotes/new"


@pytest.fixture
def app(crm):
    return crm(pack=standard_folder())


@pytest.fixture
def acme(app):
    return make(app.program(), "accounts", name="Acme")["id"]


def typed(app, path, **values):
    """What the form shows after something was typed into it."""
    browser = app.sign_in()
    csrf = browser.get(path).hidden("_csrf")
    answer = browser.client.post(f"{path}/rules", data={"_csrf": csrf, **values})
    assert answer.status_code == 200, answer.text
    return {key: re.findall(r'value="([^"]*)"', html) for key, html in answer.json()["values"].items()}


def test_a_quote_that_is_begun_on_a_potential_is_for_its_account(app, acme):
    deal = make(app.program(), "potentials", name="Big", account=acme)["id"]
    other = make(app.program(), "accounts", name="Other")["id"]
    browser = app.sign_in()
    begun = sheet(browser.get(f"{NEW}?potential={deal}")).values
    assert (begun["potential"], begun["account"], begun["account:text"]) == (
        [str(deal)],
        [str(acme)],
        ["Acme"],
    )
    begun = sheet(browser.get(f"{NEW}?potential={deal}&account={other}")).values
    assert begun["account"] == [str(other)]  # the address itself comes first


def test_a_form_has_no_place_for_what_a_new_record_will_come_to(app, acme):
    browser = app.sign_in()
    assert "Subtotal" not in browser.get(NEW).text
    quote = make(app.program(), "quotes", subject="Offer", account=acme)["id"]
    assert "Subtotal" in browser.get(f"/app/quotes/{quote}/edit").text


def test_a_line_takes_what_its_product_says_until_somebody_writes_another(app, acme):
    rest = app.program()
    lamp = make(rest, "products", name="Lamp", price="49.90", unit="hour", tax_rate="vat_10")["id"]
    chosen = {"items": ["", "n1"], "items.n1.product": str(lamp), "items.n1.qty": "1"}
    shown = typed(app, NEW, **chosen)
    assert shown["items.n1.name"] == ["Lamp"]
    assert "49.90" in shown["items.n1.price"]
    assert "items.n1.name" not in typed(app, NEW, **chosen, **{"items.n1.name": "Black lamp"})
    items = [
        {"product": lamp},
        {"product": lamp, "name": "Black lamp", "price": "55"},
        {"name": "x", "price": 1},
    ]
    quote = make(rest, "quotes", subject="Offer", account=acme, items=items)
    said = [(i["name"], i["price"]["amount"], i["unit"], i["tax_rate"]) for i in quote["items"]]
    assert said == [
        ("Lamp", "49.90", "hour", "vat_10"),
        ("Black lamp", "55.00", "hour", "vat_10"),
        ("x", "1.00", "piece", "vat_25_5"),
    ]


def test_a_formula_s_value_is_shown_when_the_field_that_it_follows_changes(app, acme):
    deal = make(app.program(), "potentials", name="Big", account=acme)["id"]
    path = f"/app/potentials/{deal}"
    browser = app.sign_in()
    csrf = browser.get(f"{path}/edit").hidden("_csrf")
    answer = browser.client.post(f"{path}/rules", data={"_csrf": csrf, "name": "Big", "stage": "proposal"})
    assert 'value="50' in answer.json()["values"]["probability"]


def test_a_line_s_price_is_that_of_the_document_s_price_book(app, acme):
    rest = app.program()
    lamp = make(rest, "products", name="Lamp", price="49.90")["id"]
    desk = make(rest, "products", name="Desk", price="300")["id"]
    prices = [{"product": lamp, "price": "45"}, {"product": lamp, "price": "40", "min_qty": 10}]
    book = make(rest, "price_books", name="Partners", active=True, prices=prices)["id"]
    items = [{"product": lamp}, {"product": lamp, "qty": 12}, {"product": desk}]
    quote = make(rest, "quotes", subject="Offer", account=acme, price_book=book, items=items)
    assert [item["price"]["amount"] for item in quote["items"]] == ["45.00", "40.00", "300.00"]
    rest("PATCH", f"/accounts/{acme}", json={"price_book": book})
    own = make(rest, "quotes", subject="Offer", account=acme, items=items)
    assert (own["price_book"]["title"], own["items"][0]["price"]["amount"]) == ("Partners", "45.00")
    rest("PATCH", f"/price_books/{book}", json={"active": False})
    later = make(rest, "quotes", subject="Offer", account=acme, items=items)
    assert (later["price_book"], later["items"][0]["price"]["amount"]) == (None, "49.90")
