"""What was just done can be undone: a save, a deletion, a creation, an entry of the change log."""

import re

import pytest

from tests.support.screens import PACK, make, record, submit


@pytest.fixture
def app(crm):
    return crm(PACK)


def offered(page):
    """The address of the page's first Undo."""
    return re.findall(r'action="(/undo/\d+)"', page.text)[0]


def undo(browser, page, at):
    """Press the page's Undo; gives the page after it."""
    browser.client.headers["referer"] = f"http://crm.test{at}"
    return submit(browser, page, key=offered(page))


def test_a_saved_form_can_be_undone(app):
    number = make(app, "deals", name="Chairs", amount="10")
    browser = app.sign_in()
    saved = submit(browser, f"/app/deals/{number}/edit", {"name": "Desks", "amount": "20"})
    assert "Saved." in saved
    page = undo(browser, saved, f"/app/deals/{number}")
    assert page.path == f"/app/deals/{number}"
    assert "Undone." in page
    assert (record(app, "deals", number)["name"], record(app, "deals", number)["amount"]["amount"]) == (
        "Chairs",
        "10.00",
    )


def test_what_changed_since_stays_and_is_named(app):
    number = make(app, "deals", name="Chairs", seats=1)
    browser = app.sign_in()
    saved = submit(browser, f"/app/deals/{number}/edit", {"name": "Desks", "seats": "2"})
    app.program()("PATCH", f"/deals/{number}", json={"seats": 3})
    page = undo(browser, saved, f"/app/deals/{number}")
    assert "Undone, but this has changed since and stays as it is: Seats." in page
    assert (record(app, "deals", number)["name"], record(app, "deals", number)["seats"]) == ("Chairs", 3)


def test_a_deletion_and_a_creation_can_be_undone(app):
    number = make(app, "accounts", name="Acme")
    browser = app.sign_in()
    gone = submit(browser, f"/app/accounts/{number}/delete", key=f"/app/accounts/{number}/delete")
    assert "Deleted." in gone
    assert "Acme" in undo(browser, gone, "/app/accounts")
    created = submit(browser, "/app/accounts/new", {"name": "Brief"})
    page = undo(browser, created, created.path)
    assert "This record lies in the bin." in page


def test_an_entry_of_the_change_log_can_be_undone_once(app):
    number = make(app, "deals", name="Chairs")
    app.program()("PATCH", f"/deals/{number}", json={"name": "Desks"})
    browser = app.sign_in()
    at = f"/app/deals/{number}?tab=history"
    log = browser.get(at)
    page = undo(browser, log, at)
    assert record(app, "deals", number)["name"] == "Chairs"
    assert "undone" in page
    again = submit(browser, log, key=offered(log))
    assert again.status == 404


def test_a_word_that_nobody_left_is_not_said(app):
    browser = app.sign_in()
    for cookie in (
        "deleted /app/x",
        "%7B",
        '{"kind":"nothing"}',
        '{"kind":"made","at":"","undo":null,"said":1}',
    ):
        browser.client.cookies.set("trellis_flash", cookie)
        page = browser.get("/app")
        assert page.status == 200
        assert "toast-note" not in page.text
