"""The second step of signing in: an app's code, a PIN from the mail, recovery codes; nobody without."""

import re
from datetime import timedelta

import pytest

from runtime.base.clock import FrozenClock
from runtime.identity import totp
from tests.support.crm import PASSWORD, App, Browser
from tests.support.guarded import NOON, URL, code_in, events, rule, sign_in
from tests.support.mail import Postbox, mail_server, send_all
from tests.support.screens import PACK, submit

SUE = "sue@example.com"


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


def with_app(app: App) -> str:
    """Sue has an authenticator app from now on; gives its secret."""
    factors = app.site.live.identity.factors
    with app.site.database.write() as tx:
        secret = factors.begin_app(tx.connection, app.user(SUE))
        code = totp.code_at(secret, totp.step_of(NOON) - 1)
        assert factors.confirm_app(tx.connection, app.user(SUE), code) is not None
    return secret


def enter(browser: Browser, code: str):
    return submit(browser, browser.get("/signin/code?next=/app/deals"), {"code": code}, key="/signin/code")


def test_the_codes_are_those_of_rfc_6238():
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for moment, code in ((59, "287082"), (1111111109, "081804"), (2000000000, "279037")):
        assert totp.code_at(secret, moment // 30) == code


def test_an_app_is_asked_after_the_password_and_a_code_opens_once(app: App, clock: FrozenClock):
    secret = with_app(app)
    browser, page = sign_in(app, SUE, following="/app/deals")
    assert page.path == "/signin/code"
    assert browser.get("/app").path == "/signin"
    code = totp.code_at(secret, totp.step_of(clock.now()))
    assert "This code is not right." in enter(browser, "000000" if code != "000000" else "111111")
    assert enter(browser, f"{code[:3]} {code[3:]}").path == "/app/deals"
    again, _ = sign_in(app, SUE)
    assert enter(again, code).status == 422


def test_a_pin_is_mailed_where_the_site_asks_for_a_second_step(app: App, box: Postbox, clock: FrozenClock):
    rule(app, second_factor="everybody")
    browser, page = sign_in(app, SUE)
    send_all(app)
    pin = code_in(box.text())
    assert (page.path, box.mails[-1]["To"]) == ("/signin/code", SUE)
    assert SUE not in page.text
    assert pin not in page.text
    other, _ = sign_in(app, SUE)  # a PIN opens in the browser that asked for it alone
    assert enter(other, pin).status == 422
    assert enter(browser, pin).path == "/app/deals"


def test_a_pin_is_worth_nothing_after_a_quarter_of_an_hour(app: App, box: Postbox, clock: FrozenClock):
    rule(app, second_factor="everybody")
    browser, _ = sign_in(app, SUE)
    send_all(app)
    page = browser.get("/signin/code")
    clock.moment += timedelta(minutes=15)
    page = submit(browser, page, {"code": code_in(box.text())}, key="/signin/code")
    assert "Begin again with the password." in page
    assert browser.get("/app").path == "/signin"


def test_another_pin_is_mailed_a_few_times_and_the_one_before_opens_nothing(app: App, box: Postbox):
    rule(app, second_factor="everybody")
    browser, _ = sign_in(app, SUE)
    submit(browser, "/signin/code", key="/signin/code/again")
    send_all(app)
    first, second = (code_in(box.text(place)) for place in (0, 1))
    assert first == second or enter(browser, first).status == 422
    submit(browser, "/signin/code", key="/signin/code/again")
    assert "/signin/code/again" not in browser.get("/signin/code").text
    send_all(app)
    assert enter(browser, code_in(box.text(2))).path == "/app/deals"


def test_five_wrong_codes_end_the_attempt_and_ten_in_all_brake_the_account(app: App):
    with_app(app)
    tried = 0
    for _ in range(3):
        browser, page = sign_in(app, SUE)
        while page.status != 429 and 'id="code"' in page.text and tried < 40:
            page = enter(browser, "12345x")
            tried += 1
    assert tried <= 10
    assert sign_in(app, SUE)[1].status == 429
    assert events(app).count("factor_refused") <= 10
    assert "sign_in_braked" in events(app)


def test_a_recovery_code_opens_once(app: App, clock: FrozenClock):
    with_app(app)
    with app.site.database.write() as tx:
        code = app.site.live.identity.factors.new_codes(tx.connection, app.user(SUE))[0]
    browser, _ = sign_in(app, SUE)
    assert enter(browser, code.upper().replace("-", " ")).path == "/app/deals"
    browser, _ = sign_in(app, SUE)
    assert enter(browser, code).status == 422


def test_who_must_have_an_app_sets_it_up_while_signing_in(crm, clock: FrozenClock):
    app = crm(PACK, clock=clock)
    app.user(SUE)
    rule(app, second_factor="admins")
    browser, page = sign_in(app, SUE)
    secret = re.search(r'class="secret-key">([A-Z2-7 ]+)<', page.text)
    assert secret is not None
    assert 'src="data:image/svg+xml' in page.text
    page = enter(browser, totp.code_at(secret[1].replace(" ", ""), totp.step_of(clock.now())))
    codes = re.findall(r"<li><code>([a-z0-9-]+)</code>", page.text)
    assert len(codes) == 10
    assert browser.get("/app").path == "/app"
    assert events(app)[-2:] == ["factor_changed", "signed_in"]
    app.user("bob@example.com", admin=False)
    assert sign_in(app, "bob@example.com", PASSWORD)[1].path == "/app"
