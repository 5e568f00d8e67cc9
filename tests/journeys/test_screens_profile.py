"""My profile: what one chooses holds on every page, and the password changes only for its owner."""

import pytest

from tests.support.crm import PASSWORD, Browser
from tests.support.screens import PACK, make, record, submit


@pytest.fixture
def app(crm):
    return crm(PACK)


@pytest.fixture
def browser(app):
    return app.sign_in("sue@example.com", admin=False)


def save(browser, **values):
    return submit(browser, "/profile", values, key="/profile")


def change(browser, current, new, again=None):
    values = {"current": current, "new": new, "again": new if again is None else again}
    return submit(browser, "/profile", values, key="/profile/password")


def test_a_user_s_name_language_and_ways_of_writing_hold_from_the_next_page_on(app, browser):
    deal = make(app, "deals", name="Chairs", amount="1234567.50", close_date="2026-01-31")
    page = browser.get(f"/app/deals/{deal}")
    assert "€1,234,567.50" in page
    assert "Jan 31, 2026" in page
    page = save(browser, name="Susan B", date_format="iso", number_format="space_comma", theme="dark")
    assert (page.status, page.path) == (200, "/profile")
    assert "Saved." in page
    assert 'data-bs-theme="dark"' in page.text
    page = browser.get(f"/app/deals/{deal}")
    assert "1\u00a0234\u00a0567,50" in page
    assert "2026-01-31" in page
    assert "Hello, Susan B" in browser.get("/app")
    assert "Jan 31, 2026" in app.sign_in().get(f"/app/deals/{deal}")


def test_a_time_zone_moves_the_moments(app, browser):
    deal = make(app, "deals", name="Chairs", met_at="2026-01-31T22:30:00Z")
    assert "Feb 1, 2026, 12:30" in browser.get(f"/app/deals/{deal}")
    save(browser, timezone="America/New_York")
    assert "Jan 31, 2026, 5:30" in browser.get(f"/app/deals/{deal}")


def test_what_is_no_zone_and_no_name_is_refused_at_the_field(app, browser):
    assert save(browser, timezone="Mars/Base").error("timezone") == 'There is no time zone "Mars/Base".'
    assert save(browser, language="xx").error("language") == 'The site has no language "xx".'
    page = save(browser, name="")
    assert page.status == 422
    assert page.error("name") == "Name is required."


def test_nobody_becomes_an_administrator_by_the_profile(app, browser):
    csrf = browser.get("/profile").hidden("_csrf")
    sent = {"_csrf": csrf, "name": "Sue", "admin": "true", "email": "boss@example.com", "role": "ceo"}
    assert browser.client.post("/profile", data=sent).status_code == 200
    user = record(app, "users", app.user("sue@example.com"))
    assert (user["admin"], user["email"], user["role"]) == (False, "sue@example.com", None)


def test_a_zone_or_language_that_somebody_else_wrote_wrongly_locks_nobody_out(app, browser):
    number = app.user("sue@example.com")
    app.program()("PATCH", f"/users/{number}", json={"timezone": "Mars/Base", "language": "tlh"})
    assert browser.get("/app/deals").status == 200


def test_the_password_changes_with_the_one_before_and_other_sessions_end(app, browser):
    elsewhere = app.sign_in("sue@example.com", admin=False)
    assert change(browser, "wrong one", "a new long password").error("password-current") is None
    assert "This is not your password." in change(browser, "wrong one", "a new long password")
    assert "A password has at least 8 characters." in change(browser, PASSWORD, "short")
    assert "The two passwords differ." in change(browser, PASSWORD, "a new long password", "another")
    assert elsewhere.get("/app").path == "/app"
    page = change(browser, PASSWORD, "a new long password")
    assert "The password was changed." in page
    assert browser.get("/app").path == "/app"
    assert elsewhere.get("/app").path == "/signin"
    fresh = Browser(app.client())
    for password, ends in ((PASSWORD, "/signin"), ("a new long password", "/app")):
        values = {"email": "sue@example.com", "password": password}
        assert submit(fresh, "/signin", values, key="/signin").path == ends


def test_guessing_the_password_is_braked(browser):
    for _ in range(10):
        assert change(browser, "wrong one", "a new long password").status == 422
    assert change(browser, PASSWORD, "a new long password").status == 429


def test_the_theme_of_the_menu_is_the_reader_s_in_every_browser(app, browser):
    submit(browser, "/app/deals", {"theme": "dark"}, key="/theme")
    assert 'data-bs-theme="dark"' in app.sign_in("sue@example.com").get("/app").text


def test_each_key_is_told(browser):
    page = browser.get("/profile/keyboard")
    for text in ("Ctrl", "New record", "Next and previous row", "Single keys do nothing"):
        assert text in page
