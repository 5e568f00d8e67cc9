"""My sign-in and my keys: a second step set up and taken away, browsers signed out, keys made and stopped."""

import html
import re
from datetime import timedelta

import pytest

from runtime.base.clock import FrozenClock
from runtime.identity import totp
from tests.support.crm import PASSWORD, App, Browser, Page, Program
from tests.support.guarded import NOON, events, sign_in
from tests.support.screens import PACK, submit

SUE = "sue@example.com"
FACTOR, CONFIRM, END = "/profile/second-step", "/profile/second-step/confirm", "/profile/sessions/end"
PAGE, KEYS = "/profile/sign-in", "/profile/keys"


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOON)


@pytest.fixture
def app(crm, clock: FrozenClock) -> App:
    found: App = crm(PACK, clock=clock)
    return found


@pytest.fixture
def sue(app: App) -> Browser:
    return app.sign_in(SUE, admin=False)


def change(browser: Browser, do: str, password: str = PASSWORD) -> Page:
    return submit(browser, PAGE, {"password": password, "do": do}, key=FACTOR)


def set_up(browser: Browser, clock: FrozenClock) -> tuple[str, Page]:
    """Set an app up; gives its secret, and the page with the recovery codes."""
    page = change(browser, "app")
    found = re.search(r'class="secret-key">([A-Z2-7 ]+)<', page.text)
    assert found is not None
    secret = found[1].replace(" ", "")
    code = totp.code_at(secret, totp.step_of(clock.now()))
    return secret, submit(browser, page, {"code": code}, key=CONFIRM)


def test_an_app_is_set_up_with_a_picture_and_its_first_code(app: App, sue: Browser, clock: FrozenClock):
    page = change(sue, "app")
    assert 'src="data:image/svg+xml' in page.text
    wrong = submit(sue, page, {"code": "000000"}, key=CONFIRM)
    assert (wrong.status, "This code is not right." in wrong) == (422, True)
    _, page = set_up(sue, clock)
    codes = re.findall(r"<li><code>([a-z2-9]{5}-[a-z2-9]{5})</code>", page.text)
    assert len(codes) == 10
    assert codes[0] not in sue.get(PAGE).text
    assert "Recovery codes left: 10" in sue.get(PAGE)
    again, asked = sign_in(app, SUE)
    assert asked.path == "/signin/code"
    assert submit(again, asked, {"code": codes[0]}, key="/signin/code").path == "/app"
    assert "Recovery codes left: 9" in sue.get(PAGE)
    assert "factor_changed" in events(app)


def test_a_second_step_is_changed_only_with_the_password(app: App, sue: Browser, clock: FrozenClock):
    assert change(sue, "app", "a wrong password").status == 422
    set_up(sue, clock)
    assert "This is not your password." in change(sue, "off", "a wrong password")
    assert sign_in(app, SUE)[1].path == "/signin/code"
    old = change(sue, "codes").text
    assert re.findall(r"<li><code>", old)
    assert "Saved." in change(sue, "off")
    assert sign_in(app, SUE)[1].path == "/app"


def test_an_app_that_counts_is_not_put_aside_by_beginning_another(app: App, sue: Browser, clock: FrozenClock):
    set_up(sue, clock)
    token = sue.get(PAGE).hidden("_csrf")
    sue.client.post(FACTOR, data={"_csrf": token, "password": PASSWORD, "do": "app"})
    assert sign_in(app, SUE)[1].path == "/signin/code"


def test_one_browser_or_all_others_are_signed_out(app: App, sue: Browser):
    others = [app.sign_in(SUE, admin=False) for _ in range(3)]
    page = sue.get(PAGE)
    handles = re.findall(r'name="session" value="([0-9a-f]+)"', page.text)
    assert len(handles) == 3
    token = page.hidden("_csrf")
    sue.client.post(END, data={"_csrf": token, "session": handles[0]})
    assert sorted(browser.get("/app").path for browser in others) == ["/app", "/app", "/signin"]
    sue.client.post(END, data={"_csrf": token, "session": "others"})
    assert [browser.get("/app").path for browser in others] == ["/signin"] * 3
    assert sue.get("/app").path == "/app"


def test_nobody_signs_another_s_browser_out(app: App, sue: Browser):
    bob = app.sign_in("bob@example.com", admin=False)
    with app.site.database.read() as connection:
        handle = app.site.live.identity.sessions.of(connection, app.user("bob@example.com"))[0].handle
    token = sue.get(PAGE).hidden("_csrf")
    for given in (handle, handle[:4], "", "%", "_" * 16):
        sue.client.post(END, data={"_csrf": token, "session": given})
    assert bob.get("/app").path == "/app"
    assert sue.get("/app").path == "/app"


def make_key(browser: Browser, **values: object) -> Page:
    return submit(browser, KEYS, {"label": "Sync", "password": PASSWORD, **values}, key=KEYS)


def key_of(page: Page) -> str:
    found = re.search(r'class="guard-key"[^>]*>(trl_[^<]+)<', page.text)
    assert found is not None, page.text
    return html.unescape(found[1])


def test_a_key_is_shown_once_and_opens_the_api(app: App, sue: Browser):
    page = make_key(sue)
    key = key_of(page)
    assert key not in sue.get(KEYS).text
    assert "Never used" in sue.get(KEYS)
    assert Program(app.client(), key)("GET", "/deals").status_code == 200
    assert "Last used" in sue.get(KEYS)
    assert page.response.headers["cache-control"] == "no-store"


def test_a_key_of_less_rights_may_do_no_more_than_it_says(app: App, sue: Browser):
    reading = Program(app.client(), key_of(make_key(sue, read_only="on")))
    assert reading("GET", "/deals").status_code == 200
    assert reading("POST", "/deals", json={"name": "Chairs"}).status_code == 403
    some = Program(app.client(), key_of(make_key(sue, of="some", module=["accounts"])))
    made = some("POST", "/accounts", json={"name": "Bay"})
    assert made.status_code == 201, made.text
    assert some("GET", "/deals").status_code == 404


def test_a_key_is_locked_unlocked_revoked_and_runs_out(app: App, sue: Browser, clock: FrozenClock):
    program = Program(app.client(), key_of(make_key(sue, until="2026-05-06")))

    def do(what: str) -> int:
        page = sue.get(KEYS)
        found = re.search(r'action="(/profile/keys/\d+)"', page.text)
        assert found is not None
        sue.client.post(found[1], data={"_csrf": page.hidden("_csrf"), "do": what})
        return program("GET", "/deals").status_code

    assert [do("lock"), do("unlock")] == [401, 200]
    clock.moment += timedelta(days=2)
    assert program("GET", "/deals").status_code == 200
    clock.moment += timedelta(days=1)
    assert program("GET", "/deals").status_code == 401
    clock.moment -= timedelta(days=3)
    assert do("revoke") == 401
    assert "You have no keys." in sue.get(KEYS)
    assert {"key_made", "key_changed"} <= set(events(app))


def test_a_key_needs_the_password_a_name_and_a_day_to_come(app: App, sue: Browser):
    assert "This is not your password." in make_key(sue, password="wrong one here")
    assert "Say what the key is for." in make_key(sue, label=" ")
    assert "The last day of a key lies ahead." in make_key(sue, until="2026-05-01")
    assert "This is no day." in make_key(sue, until="soon")
    assert "You have no keys." in sue.get(KEYS)


def test_nobody_stops_another_s_key(app: App, sue: Browser):
    program = Program(app.client(), key_of(make_key(sue)))
    with app.site.database.read() as connection:
        (key,) = app.site.live.identity.api_keys.of(connection, app.user(SUE))
    bob = app.sign_in("bob@example.com", admin=False)
    token = bob.get(KEYS).hidden("_csrf")
    for do in ("lock", "revoke"):
        assert bob.client.post(f"{KEYS}/{key.id}", data={"_csrf": token, "do": do}).status_code == 404
    assert program("GET", "/deals").status_code == 200
