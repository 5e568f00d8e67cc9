"""Each user chooses the columns of a list, and their order; they are remembered, and stand in the address."""

import re

import pytest

from tests.support.crm import Page
from tests.support.screens import PACK, SheetReader, make


@pytest.fixture
def app(crm):
    return crm(PACK)


def heads(page):
    """The heads of the list's columns."""
    found = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', page.text, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", head).strip() for head in found]


def choose(browser, address, **sent):
    """Send the chooser of a list."""
    page = browser.get(address)
    (found,) = (each for each in SheetReader(page.text).sheets.values() if "/columns" in each.action)
    return Page(browser.client.post(found.action, data={**found.values, **sent}))


def test_chosen_columns_stand_in_their_order_in_the_address_and_the_next_time(app):
    acme = make(app, "accounts", name="Acme", city="Oulu")
    make(app, "deals", name="Chairs", account=acme, seats=3)
    browser = app.sign_in()
    page = choose(browser, "/app/deals/columns", column=["seats", "name", "account.city"])
    assert heads(page) == ["Seats", "Name", "Account · City"]
    assert "_columns=seats%2Cname%2Caccount.city" in str(page.response.url)
    assert "Oulu" in page
    assert heads(browser.get("/app/deals")) == ["Seats", "Name", "Account · City"]
    assert heads(browser.get("/app/deals?_columns=name")) == ["Name"]
    assert heads(browser.get("/app/deals?filter=open"))[0] == "Name"


def test_another_user_s_list_stays_as_it_was(app):
    make(app, "deals", name="Chairs")
    choose(app.sign_in(), "/app/deals/columns", column=["seats"])
    other = app.sign_in("bo@example.com", admin=False)
    assert heads(other.get("/app/deals"))[:2] == ["Name", "Account"]


def test_reset_goes_back_to_the_filter_s_own_columns(app):
    make(app, "deals", name="Chairs")
    browser = app.sign_in()
    before = heads(browser.get("/app/deals"))
    choose(browser, "/app/deals/columns", column=["seats"])
    page = choose(browser, "/app/deals/columns", _reset="1")
    assert heads(page) == before
    assert "_columns" not in str(page.response.url)


def test_columns_move_without_javascript_and_what_filters_the_list_stays(app):
    make(app, "deals", name="Chairs")
    browser = app.sign_in()
    moved = choose(browser, "/app/deals/columns?stage=open", _move="down:name")
    shown = re.findall(r'name="column" value="([^"]+)" checked', moved.text)
    assert shown[:3] == ["account", "name", "account.city"]
    (found,) = (each for each in SheetReader(moved.text).sheets.values() if "/columns" in each.action)
    page = Page(browser.client.post(found.action, data=found.values))
    assert heads(page)[:2] == ["Account", "Name"]
    assert "stage=open" in str(page.response.url)


def test_columns_that_are_not_there_are_told_so_and_forgotten_ones_do_no_harm(app):
    browser = app.sign_in()
    for text in ("nothing", "account.nothing", "name.city", ",".join(f"a{n}" for n in range(40))):
        assert browser.get(f"/app/deals?_columns={text}").status == 400, text
    make(app, "deals", name="Chairs", seats=1)
    choose(browser, "/app/deals/columns", column=["seats", "name"])
    for name, gone in (("modules", r" *seats: .*\n"), ("layouts", r" seats,")):
        file = app.folder / f"schemas/{name}/deals.yaml"
        file.write_text(re.sub(gone, "", file.read_text()))
    app.site.apply_pack()
    assert heads(browser.get("/app/deals"))[0] == "Name"


def test_a_list_needs_one_column(app):
    browser = app.sign_in()
    assert choose(browser, "/app/deals/columns", column=[""]).status == 400
