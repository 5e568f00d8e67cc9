"""People come in by their password and go out again, and nobody else does."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from runtime.base.clock import FrozenClock
from tests.support.crm import PASSWORD, Browser, Page
from tests.support.screens import PACK, make, record, sheet, submit


@pytest.fixture
def app(crm):
    return crm(PACK)


def sign_in(app, email="admin@example.com", password=PASSWORD, following="", browser=None):
    app.user()
    browser = browser or Browser(app.client())
    page = browser.get("/signin")
    return browser, submit(
        browser, page, {"email": email, "password": password, "next": following}, key="/signin"
    )


def test_a_right_password_opens_the_start_page(app):
    browser, page = sign_in(app)
    assert (page.status, page.path) == (200, "/app")
    assert "Hello, Admin" in page
    assert browser.get("/signin").path == "/app"


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(app):
    for email, password in (("admin@example.com", "wrong one"), ("nobody@example.com", PASSWORD)):
        browser, page = sign_in(app, email, password)
        assert page.status == 422
        assert "The e-mail address or the password is not right." in page
        assert f'value="{email}"' in page.text
        assert password not in page.text
        assert browser.get("/app").path == "/signin"


def test_ten_wrong_passwords_close_the_door_for_a_while(crm):
    clock = FrozenClock(datetime(2026, 5, 4, 9, 0, tzinfo=UTC))
    app = crm(PACK, clock=clock)
    for _ in range(10):
        assert sign_in(app, password="wrong")[1].status == 422
    _, page = sign_in(app)
    assert page.status == 429
    assert int(page.response.headers["retry-after"]) > 0
    clock.moment += timedelta(minutes=16)
    assert sign_in(app)[1].path == "/app"


FOLLOWING = (
    ("/app/deals?filter=open", "/app/deals"),
    ("https://evil.example/", "/app"),
    ("//evil.example/", "/app"),
    ("/\\evil.example", "/app"),
    ("/\tevil", "/app"),
    ("javascript:alert(1)", "/app"),
)


def test_after_signing_in_only_a_page_of_this_site_is_opened(app):
    for following, ends in FOLLOWING:
        _, page = sign_in(app, following=following)
        assert page.path == ends, following
        assert page.response.url.host == "crm.test", following


def test_a_page_asked_for_before_signing_in_opens_after_it(app):
    app.user()
    browser = Browser(app.client())
    page = browser.get("/app/deals?filter=open&limit=25")
    assert page.path == "/signin"
    page = submit(browser, page, {"email": "admin@example.com", "password": PASSWORD}, key="/signin")
    assert str(page.response.url).endswith("/app/deals?filter=open&limit=25")


def test_the_cookie_of_a_session_is_kept_from_scripts_and_other_sites(app):
    app.user()
    browser = Browser(app.client())
    page = browser.get("/signin")
    answer = browser.client.post(
        "/signin",
        data={"_csrf": page.hidden("_csrf"), "email": "admin@example.com", "password": PASSWORD},
        follow_redirects=False,
    )
    cookies = answer.headers.get_list("set-cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("trellis_session="))
    assert "HttpOnly" in session
    assert "SameSite=lax" in session
    assert "Path=/" in session


def test_signing_in_needs_the_token_of_its_own_form(app):
    app.user()
    browser = Browser(app.client())
    page = browser.get("/signin")
    sent = {"email": "admin@example.com", "password": PASSWORD}
    assert browser.client.post("/signin", data=sent).status_code == 403
    other = Browser(app.client()).get("/signin").hidden("_csrf")
    assert browser.client.post("/signin", data={**sent, "_csrf": other}).status_code == 403
    assert other != page.hidden("_csrf")


def test_after_signing_out_the_session_is_gone_on_the_server_too(app):
    browser = app.sign_in()
    token = browser.client.cookies["trellis_session"]
    page = submit(browser, "/app", key="/signout")
    assert page.path == "/signin"
    thief = Browser(app.client())
    thief.client.cookies.set("trellis_session", token)
    assert thief.get("/app/deals").path == "/signin"


def test_a_session_does_not_survive_its_user_being_made_inactive(app):
    browser = app.sign_in("sue@example.com", admin=False)
    number = app.user("sue@example.com")
    app.program()("PATCH", f"/users/{number}", json={"active": False})
    assert browser.get("/app").path == "/signin"


FOREIGN: tuple[tuple[dict[str, str] | None, dict[str, str]], ...] = (
    ({}, {}),
    ({"_csrf": "0" * 64}, {}),
    (None, {"sec-fetch-site": "cross-site"}),
    (None, {"sec-fetch-site": "same-site"}),
    (None, {"origin": "https://evil.example"}),
    (None, {"origin": "null"}),
)


def test_a_form_from_elsewhere_changes_nothing(app):
    browser = app.sign_in()
    number = make(app, "accounts", name="Acme")
    for sent, headers in FOREIGN:
        form = sheet(browser.get(f"/app/accounts/{number}/edit"))
        values = {**form.values, "name": "Stolen"}
        if sent is not None:
            del values["_csrf"]
            values.update(sent)
        page = Page(browser.client.post(form.action, data=values, headers=headers))
        assert page.status == 403, (sent, headers)
        assert record(app, "accounts", number)["name"] == "Acme", (sent, headers)


def test_a_form_of_the_site_itself_is_taken(app):
    browser = app.sign_in()
    number = make(app, "accounts", name="Acme")
    form = sheet(browser.get(f"/app/accounts/{number}/edit"))
    headers = {"sec-fetch-site": "same-origin", "origin": "http://crm.test"}
    answer = browser.client.post(form.action, data={**form.values, "name": "Ace"}, headers=headers)
    assert answer.status_code == 200
    assert record(app, "accounts", number)["name"] == "Ace"


def test_an_expired_session_sends_a_script_to_the_sign_in_too(app):
    browser = Browser(app.client())
    answer = browser.client.get("/app/deals", headers={"hx-request": "true", "hx-request-type": "partial"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/signin?next=/app")


def test_an_expired_session_answers_a_script_that_shows_no_page(app):
    """A page of the sign-in would give the browser another token than the form that is open beside has."""
    browser = Browser(app.client())
    for method, path in (("GET", "/app/deals"), ("POST", "/app/deals/new/rules")):
        answer = browser.client.request(method, path, headers={"sec-fetch-mode": "cors"})
        assert (answer.status_code, answer.headers.get_list("set-cookie")) == (401, [])


def test_whoever_goes_away_while_sending_a_form_is_no_failure_of_the_server(app, caplog):
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/signin",
        "raw_path": b"/signin",
        "query_string": b"",
        "headers": [
            (b"host", b"crm.test"),
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"content-length", b"100"),
        ],
    }
    incoming = [{"type": "http.request", "body": b"email=", "more_body": True}, {"type": "http.disconnect"}]
    sent = []

    async def receive():
        return incoming.pop(0)

    async def send(message):
        sent.append(message)

    asyncio.run(app.house.application(app.site)(scope, receive, send))
    assert [record.levelname for record in caplog.records if record.levelname == "ERROR"] == []


def test_every_page_carries_its_safety_headers(app):
    browser = app.sign_in()
    for path in ("/signin", "/app", "/app/deals", "/app/nothing", "/nothing", "/admin/setup"):
        headers = browser.get(path).response.headers
        assert "script-src 'self'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_the_chosen_theme_stays_with_the_browser(app):
    browser = app.sign_in()
    page = submit(browser, "/app/deals", {"theme": "dark"}, key="/theme")
    assert 'data-bs-theme="dark"' in page.text
    assert 'data-bs-theme="dark"' in browser.get("/app").text
    assert submit(browser, "/app", {"theme": "pink"}, key="/theme").status == 400
