"""Searching everywhere: the page of results, and what the palette offers."""

import html
import re

import pytest

from tests.support.screens import PACK, make, submit


@pytest.fixture
def app(crm):
    return crm(PACK)


@pytest.fixture
def browser(app):
    return app.sign_in()


def found(page):
    """The titles on a page of results, in order."""
    main = page.text.partition("<main")[2]
    return [html.unescape(title) for title in re.findall(r'class="line-title">(.*?)<', main)]


def offered(browser, typed):
    page = browser.get(f"/search/palette?q={typed}")
    return dict(
        zip(
            map(html.unescape, re.findall(r'class="line-title">(.*?)<', page.text)),
            re.findall(r'role="option"[^>]* href="(.*?)"', page.text),
            strict=True,
        )
    )


def test_names_numbers_e_mails_and_phones_are_found_inside_words_too(app, browser):
    acme = make(app, "accounts", name="Äyräpää Acme Oy", city="Oulu")
    make(app, "people", first_name="Ada", last_name="Lovelace")
    deal = make(app, "deals", name="Chairs", email="boss@corvid.example", phone="+358 40 123 4567")
    for typed, title in (
        ("yräp", "Äyräpää Acme Oy"),
        ("ADA lace", "Ada Lovelace"),
        ("D-0001", "Chairs"),
        ("corvid", "Chairs"),
        ("040 1234567", "Chairs"),
        ("123 4567", "Chairs"),
    ):
        assert found(browser.get(f"/search?q={typed}")) == [title], typed
    page = browser.get("/search?q=acme")
    assert f'href="/app/accounts/{acme}"' in page.text
    assert "ACC-00001" in page
    assert f'href="/app/deals/{deal}"' in browser.get("/search?q=boss@corvid").text


def test_results_stand_by_module_and_the_very_number_stands_first(app, browser):
    make(app, "deals", name="About ACC-00001")
    make(app, "accounts", name="Acme")
    make(app, "accounts", name="Not ACC-00001")
    assert found(browser.get("/search?q=acc-00001")) == ["Acme", "Not ACC-00001", "About ACC-00001"]
    assert found(browser.get("/search?q=acc")) == ["About ACC-00001", "Not ACC-00001", "Acme"]


def test_of_many_results_some_are_shown_and_the_count_is_capped(app, browser):
    rows = [{"name": f"Bulk {n}"} for n in range(120)]
    app.program()("POST", "/accounts/batch", json={"create": rows})
    page = browser.get("/search?q=bulk")
    assert len(found(page)) == 10
    assert "100+" in page


def test_too_little_and_nothing_found_are_said(browser):
    assert "Type at least 2 characters" in browser.get("/search?q=a")
    assert "Type at least 2 characters" in browser.get("/search")
    page = browser.get("/search?q=<b>nothing</b>")
    assert "Nothing has “<b>nothing</b>” in its name" in page
    assert "<b>nothing" not in page.text


def test_who_searches_beginnings_finds_only_these(app, browser):
    make(app, "accounts", name="Megacme")
    make(app, "accounts", name="The Acme")
    assert found(browser.get("/search?q=acme")) == ["The Acme", "Megacme"]
    submit(browser, "/profile", {"search_type": "starts_with"}, key="/profile")
    assert found(browser.get("/search?q=acme")) == ["The Acme"]


def test_the_palette_offers_records_lists_filters_new_records_and_pages(app, browser):
    acme = make(app, "accounts", name="Acme deals")
    choices = offered(browser, "deal")
    assert choices["Acme deals"] == f"/app/accounts/{acme}"
    assert choices["Deals"] == "/app/deals"
    assert choices["New Deal for Life"] == "/app/deals/new"
    assert choices["Open deals"] == "/app/deals?filter=open"
    assert choices["Show all that “deal” finds"] == "/search?q=deal"
    assert offered(browser, "my pro") == {
        "My profile": "/profile",
        "Show all that “my pro” finds": "/search?q=my%20pro",
    }
    assert "Nothing found" in browser.get("/search/palette?q=xyzzy")


def test_the_palette_begins_with_what_was_looked_at_and_the_menu(app, browser):
    acme = make(app, "accounts", name="Acme")
    browser.get(f"/app/accounts/{acme}")
    choices = list(offered(browser, ""))
    assert choices[:3] == ["Acme", "Deals", "Accounts"]


def test_setup_is_offered_to_administrators_alone(app, browser):
    assert "Setup" in offered(browser, "setup")
    seller = app.sign_in("sue@example.com", admin=False)
    assert "Setup" not in offered(seller, "setup")
    assert "Workbench" in offered(browser, "administration")
    assert offered(browser, "background")["Background work"] == "/admin/operations"
    assert offered(seller, "background")["Background work"] == "/operations"
    assert offered(seller, "api")["API"] == "/api"
    assert "Diagnostics" not in offered(seller, "diagnostics")


def test_when_there_is_no_time_the_modules_left_out_are_named(app, browser, monkeypatch):
    make(app, "accounts", name="Acme")
    monkeypatch.setattr("runtime.web.pages.search.PATIENCE", -1.0)
    page = browser.get("/search?q=acme")
    assert "There was no time to look into these: Deals, Accounts, People." in page


def test_more_than_is_shown_of_a_module_leads_to_its_list_with_the_same_words(app, browser):
    for number in range(12):
        make(app, "deals", name=f"Chairs & co {number}")
    make(app, "deals", name="Desks")
    make(app, "accounts", name="Chairs & co")
    page = browser.get("/search?q=Chairs+%26")
    assert "Show all in Deals" in page
    assert "Show all in Accounts" not in page
    href = offered(browser, "chairs %26")["Show all in Deals"]
    listed = browser.get(html.unescape(href))
    assert listed.text.count('<td class="title">') == 12
    assert "12 of 12" in listed
    assert 'name="_q" value="chairs &amp;"' in listed.text
