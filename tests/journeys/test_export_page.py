"""Exporting in the screens: what a list shows as a file, at once, or a large one from the background."""

import csv
import json
import re
from io import BytesIO, StringIO
from textwrap import dedent

import pytest
from python_calamine import CalamineWorkbook

from runtime.automation.worker import Worker
from runtime.web.pages import exporting
from tests.support.crm import App, Page
from tests.support.screens import PACK, make, submit

RATES = """\
pack.yaml:
  title: Test
  version: 1.0.0
  currency: EUR
  timezone: Europe/Helsinki
  rates: {USD: 1.08}
"""


@pytest.fixture
def app(crm) -> App:
    made: App = crm(PACK)
    acme = make(made, "accounts", name="Acme", city="Oulu")
    for name, stage, amount in (("Big", "won", 300), ("=1+1", "open", 20), ("Small", "open", 1)):
        make(made, "deals", name=name, stage=stage, amount=amount, account=acme)
    return made


def rows(page: Page) -> list[list[str]]:
    return list(csv.reader(StringIO(page.response.content.decode("utf-8-sig"))))


def test_a_list_is_exported_as_it_is_shown(app: App):
    browser = app.sign_in()
    address = re.search(
        r'href="(/app/deals/export[^"]*)"', browser.get("/app/deals?stage=open&sort=-name").text
    )
    assert address is not None
    page = browser.get(address[1].replace("&amp;", "&"))
    assert "2 records" in page
    file = submit(browser, page, {"format": "csv"})
    assert file.response.headers["content-type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="deals-\d{4}-\d\d-\d\d\.csv"', file.response.headers["content-disposition"]
    )
    assert rows(file) == [
        ["Name", "Account", "Account · City", "Stage", "Amount", "Close date", "Owner"],
        ["Small", "Acme", "Oulu", "Open", "1.00 EUR", "", "Admin"],
        ["'=1+1", "Acme", "Oulu", "Open", "20.00 EUR", "", "Admin"],
    ]


def test_a_searched_list_is_exported_as_it_was_found(app: App):
    file = submit(app.sign_in(), "/app/deals/export?_q=sma", {"format": "csv"})
    assert [row[0] for row in rows(file)] == ["Name", "Small"]


def test_the_columns_that_the_reader_has_chosen_are_exported(app: App):
    file = submit(app.sign_in(), "/app/deals/export?filter=open&_columns=amount,name", {"format": "csv"})
    assert rows(file) == [["Amount", "Name"], ["20.00 EUR", "'=1+1"], ["1.00 EUR", "Small"]]


def test_a_spreadsheet_is_what_is_proposed(app: App):
    browser = app.sign_in()
    file = submit(browser, "/app/deals/export?filter=open")
    sheet = CalamineWorkbook.from_filelike(BytesIO(file.response.content)).get_sheet_by_index(0)
    table = list(sheet.iter_rows())
    assert [row[0] for row in table] == ["Name", "=1+1", "Small"]
    assert table[1][4] == 20.0


def test_an_amount_of_another_currency_says_so_in_a_spreadsheet(crm):
    app: App = crm(RATES + dedent(PACK))
    for number, money in enumerate(({"amount": "5", "currency": "EUR"}, {"amount": "6", "currency": "USD"})):
        make(
            app, "deals", name=f"Deal {number}", amount=money, account=make(app, "accounts", name=f"{number}")
        )
    file = submit(app.sign_in(), "/app/deals/export?_columns=name,amount&sort=name")
    sheet = CalamineWorkbook.from_filelike(BytesIO(file.response.content)).get_sheet_by_index(0)
    assert list(sheet.iter_rows())[1:] == [["Deal 0", 5.0], ["Deal 1", "6.00 USD"]]


def test_every_field_is_exported_for_programs(app: App):
    browser = app.sign_in()
    file = submit(browser, "/app/deals/export", {"format": "json", "fields": "every"})
    first = json.loads(file.response.content)[0]
    assert first["number"] == "D-0002"
    assert set(app.site.live.catalog.modules["deals"].fields) < set(first)
    keyed = rows(
        submit(browser, "/app/deals/export", {"format": "csv", "wording": "keys", "fields": "every"})
    )
    assert keyed[0][:4] == ["id", "number", "name", "account"]


def test_a_large_export_is_made_in_the_background(app: App, monkeypatch):
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    browser = app.sign_in()
    assert "More than 2 records" in browser.get("/app/deals/export")
    page = submit(browser, "/app/deals/export", {"format": "csv"})
    assert page.path.startswith("/operations/")
    Worker(app.site, app.site.background, "test").drain()
    page = browser.get(page.path)
    assert "<dt>Records</dt><dd>3</dd>" in page.text
    (address,) = re.findall(r'href="(/app/files/\d+/content)"', page.text)
    assert len(rows(browser.get(address))) == 4
    assert app.sign_in("bob@example.com", admin=False).get(page.path).status == 404


def test_what_cannot_be_exported_is_refused(app: App):
    browser = app.sign_in()
    assert browser.get("/app/deals/export?filter=nothing").status == 404
    assert submit(browser, "/app/deals/export", {"format": "exe"}).status == 400
    assert browser.get("/app/nothing/export").status == 404
