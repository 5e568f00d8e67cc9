"""The rules of signing in: set by administrators, in force at once, and no way to lock all out."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from runtime.base.clock import FrozenClock
from tests.support.crm import HOST, PASSWORD, App, Browser, Page
from tests.support.guarded import NOON, URL, events, sign_in
from tests.support.mail import Postbox, mail_server, send_all
from tests.support.screens import PACK, submit

SUE = "sue@example.com"
RULES, MAIL = "/admin/security", "/admin/mail"
PROFILES = """
    schemas/access/roles.yaml:
      boss: {label: Boss, profiles: [sensitive]}
      seller: {label: Seller, under: boss, profiles: [plain]}
    schemas/access/profiles/sensitive.yaml:
      modules: {"*": {read: true}}
    schemas/access/profiles/plain.yaml:
      modules: {"*": {read: true}}
"""


@pytest.fixture
def box():
    with mail_server() as found:
        yield found


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOON)


@pytest.fixture
def app(crm, box: Postbox, clock: FrozenClock) -> App:
    found: App = crm(PACK, clock=clock, settings={"TRELLIS_MAIL": box.address, "TRELLIS_URL": URL})
    found.user(SUE, admin=False)
    return found


def at(app: App, address: str) -> Browser:
    """A browser at an address of the network."""
    return Browser(TestClient(app.house.application(app.site), base_url=HOST, client=(address, 50000)))


def enter(browser: Browser, email: str = "admin@example.com") -> Page:
    return submit(browser, browser.get("/signin"), {"email": email, "password": PASSWORD}, key="/signin")


@pytest.fixture
def admin(app: App) -> Browser:
    app.user()
    browser = at(app, "192.0.2.7")
    enter(browser)
    return browser


def save(admin: Browser, **values: object) -> Page:
    return submit(admin, RULES, values, key=RULES)


def test_addresses_are_let_in_or_kept_out_at_once(app: App, admin: Browser):
    elsewhere = at(app, "198.51.100.9")
    assert enter(elsewhere, SUE).path == "/app"
    assert "Saved." in save(admin, allowed="192.0.2.0/24, 2001:db8::/32")
    assert elsewhere.get("/app").status == 403
    assert at(app, "198.51.100.9").get("/signin").status == 403
    assert at(app, "2001:db8::9").get("/signin").status == 200
    save(admin, allowed="", denied="198.51.100.9")
    assert elsewhere.get("/app").status == 403
    save(admin, denied="")
    assert elsewhere.get("/app").status == 200
    assert {"settings_changed", "address_refused"} <= set(events(app))


@pytest.mark.parametrize(
    "lists",
    [
        {"allowed": "198.51.100.0/24"},
        {"denied": "192.0.2.7"},
        {"denied": "0.0.0.0/0"},
        {"allowed": "192.0.2.0/24", "denied": "192.0.2.0/29"},
    ],
)
def test_no_list_keeps_out_the_administrator_who_writes_it(app: App, admin: Browser, lists: dict[str, str]):
    page = save(admin, **lists)
    assert page.status == 422
    assert "These lists would keep you out yourself: you come from 192.0.2.7." in page
    assert admin.get(RULES).status == 200
    assert at(app, "127.0.0.1").get("/signin").status == 200


def test_what_is_no_address_and_no_number_is_told_at_its_field(app: App, admin: Browser):
    page = save(admin, allowed="192.0.2.7 nowhere", idle_hours="0")
    assert '"nowhere" is no address and no network.' in page
    assert "This is a number from 1 to 720." in page
    assert app.site.rules.refresh().idle_hours == 12


def test_limits_of_sessions_hold_for_those_that_are_open(app: App, admin: Browser, clock: FrozenClock):
    sue = at(app, "192.0.2.8")
    enter(sue, SUE)
    save(admin, idle_hours="1", longest_days="1")
    clock.moment += timedelta(minutes=59)
    assert sue.get("/app").path == "/app"
    clock.moment += timedelta(minutes=61)
    assert sue.get("/app").path == "/signin"


def test_guesses_by_others_do_not_keep_somebody_out_at_a_trusted_address(app: App, admin: Browser):
    save(admin, trusted="192.0.2.0/24", account_failures="3")
    for _ in range(4):
        stranger = at(app, "198.51.100.9")
        submit(stranger, stranger.get("/signin"), {"email": SUE, "password": "wrong"}, key="/signin")
    assert enter(at(app, "203.0.113.5"), SUE).status == 429
    assert enter(at(app, "192.0.2.8"), SUE).path == "/app"


def test_a_second_step_is_asked_of_those_with_a_profile(crm, box: Postbox):
    app = crm(PACK + PROFILES, settings={"TRELLIS_MAIL": box.address, "TRELLIS_URL": URL})
    admin = app.sign_in()
    for email, role in ((SUE, "seller"), ("bob@example.com", "boss")):
        user = app.user(email, admin=False)
        app.program()("PATCH", f"/users/{user}", json={"role": role})
    assert sign_in(app, "bob@example.com")[1].path == "/app"
    save(admin, profile=["sensitive"])
    assert sign_in(app, SUE)[1].path == "/app"
    assert sign_in(app, "bob@example.com")[1].path == "/signin/code"
    assert app.sign_in().get("/app").path == "/app"


def test_mail_is_held_and_let_go(app: App, admin: Browser, box: Postbox):
    page = submit(admin, MAIL, {"do": "hold"}, key=MAIL)
    assert "Held" in page
    assert "forgotten" not in Browser(app.client()).get("/signin").text.split("<form")[0]
    submit(admin, MAIL, {"do": "go"}, key=MAIL)
    sign_in_page = Browser(app.client())
    submit(sign_in_page, sign_in_page.get("/signin/forgotten"), {"email": SUE}, key="/signin/forgotten")
    send_all(app)
    assert len(box.mails) == 1
    assert SUE in admin.get(MAIL)


def test_who_signs_in_with_codes_by_mail_does_not_hold_them_up(app: App, admin: Browser):
    with app.site.database.write() as tx:
        app.site.live.identity.factors.use_mail(tx.connection, app.user())
    page = submit(admin, MAIL, {"do": "hold"}, key=MAIL)
    assert "Your own codes come by mail" in page
    assert app.site.live.identity.letters.can_send


def test_the_rules_are_for_administrators_alone(app: App):
    sue = app.sign_in(SUE, admin=False)
    assert sue.get(RULES).status == 404
    token = sue.get("/profile").hidden("_csrf")
    for path in (RULES, MAIL):
        assert sue.client.post(path, data={"_csrf": token, "do": "hold"}).status_code == 404
