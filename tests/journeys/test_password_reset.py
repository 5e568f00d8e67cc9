"""A forgotten password: a link by mail, once, for half an hour; and nobody learns who is there."""

import statistics
import time
from datetime import timedelta

import pytest

from runtime.base.clock import FrozenClock
from runtime.sites.people import set_password
from tests.support.crm import PASSWORD, App, Browser, Page
from tests.support.guarded import NOON, URL, events, rule, sign_in
from tests.support.mail import Postbox, mail_server, send_all
from tests.support.screens import PACK, submit

SUE, NEW = "sue@example.com", "lantern over quiet water"


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


def ask(app: App, email: str = SUE, **headers: str) -> Page:
    browser = Browser(app.client())
    form = browser.get("/signin/forgotten")
    sent = {"_csrf": form.hidden("_csrf"), "email": email}
    return Page(browser.client.post("/signin/forgotten", data=sent, headers=headers))


def link(app: App, box: Postbox) -> str:
    ask(app)
    send_all(app)
    return box.link()


def choose(app: App, path: str, new: str = NEW, again: str | None = None) -> Page:
    browser = Browser(app.client())
    page = browser.get(path)
    if 'action="/signin/password"' not in page.text:
        return page
    return submit(browser, page, {"new": new, "again": again or new}, key="/signin/password")


def opens(app: App, password: str) -> bool:
    return sign_in(app, SUE, password)[1].path == "/app"


def test_a_link_in_the_mail_sets_another_password_once(app: App, box: Postbox):
    signed_in = app.sign_in(SUE, admin=False)
    path = link(app, box)
    assert box.text().count(URL) == 1
    assert "Your new password is set." in choose(app, path)
    assert opens(app, NEW)
    assert not opens(app, PASSWORD)
    assert signed_in.get("/app").path == "/signin"
    assert "works no more" in choose(app, path, "another quiet lantern")
    assert opens(app, NEW)
    assert {"password_asked", "password_reset"} <= set(events(app))


def test_a_link_works_for_half_an_hour(app: App, box: Postbox, clock: FrozenClock):
    path = link(app, box)
    clock.moment += timedelta(minutes=30)
    assert choose(app, path).status == 422
    assert opens(app, PASSWORD)


def test_only_the_last_link_works_and_none_after_the_password_changed(app: App, box: Postbox):
    first = link(app, box)
    second = link(app, box)
    assert choose(app, first).status == 422
    set_password(app.site, app.user(SUE), "changed in between by others")
    assert choose(app, second).status == 422


def test_a_link_dies_with_its_user(app: App, box: Postbox):
    path = link(app, box)
    app.program()("PATCH", f"/users/{app.user(SUE)}", json={"active": False})
    assert choose(app, path).status == 422


@pytest.mark.parametrize("token", ["", "x", "0" * 43, "' OR 1=1 --", "%00", "%ff"])
def test_a_made_up_link_opens_nothing(app: App, box: Postbox, token):
    link(app, box)
    assert choose(app, f"/signin/password?token={token}").status == 422


def test_a_weak_password_is_not_taken_and_the_link_still_works(app: App, box: Postbox):
    path = link(app, box)
    assert choose(app, path, "short").status == 422
    assert "tried first" in choose(app, path, "Password2024!")
    assert choose(app, path, NEW, "something else again").status == 422
    assert choose(app, path).status == 200


def test_mail_goes_to_the_stored_address_whatever_was_typed_or_sent(app: App, box: Postbox):
    ask(app, "SUE@EXAMPLE.COM ")
    send_all(app)
    assert box.mails[-1]["To"] == SUE
    count = len(box.mails)
    for email in (f"{SUE},eve@example.com", "suė@example.com", f"{SUE}\r\nBcc: eve@example.com"):
        assert ask(app, email).status == 200
    send_all(app)
    assert len(box.mails) == count


def test_a_foreign_host_is_refused_and_never_stands_in_a_mail(app: App, box: Postbox):
    browser = Browser(app.client())
    token = browser.get("/signin/forgotten").hidden("_csrf")
    for name in ("evil.example", "crm.test.evil.example", "crm.test@evil.example"):
        sent = {"_csrf": token, "email": SUE}
        answer = browser.client.post("/signin/forgotten", data=sent, headers={"host": name})
        assert answer.status_code == 400, name
    ask(app, SUE, x_forwarded_host="evil.example")
    send_all(app)
    assert all("evil" not in box.text(place) for place in range(len(box.mails)))
    assert len(box.mails) == 1


def test_an_unknown_address_is_answered_alike_and_as_fast(app: App, box: Postbox):
    rule(app, account_failures=1000, address_failures=1000, site_failures=10_000)
    known: list[float] = []
    unknown: list[float] = []
    pages = set()
    for n in range(12):
        for email, times in ((SUE, known), (f"nobody{n}@example.com", unknown)):
            began = time.perf_counter()
            page = ask(app, email)
            times.append(time.perf_counter() - began)
            pages.add((page.status, page.text.replace(page.hidden("_csrf"), "")))
    assert len(pages) == 1
    # A hash would make tens of milliseconds; what is compared here is only that nobody waits for one.
    assert abs(statistics.median(known) - statistics.median(unknown)) < 0.25


def test_asking_again_and_again_is_braked_and_keeps_nobody_from_signing_in(app: App):
    answers = [ask(app).status for _ in range(12)]
    assert answers[:10] == [200] * 10
    assert answers[10:] == [429, 429]
    assert opens(app, PASSWORD)


def test_a_site_that_sends_no_mail_offers_no_link(crm):
    app = crm(PACK)
    app.user(SUE)
    browser = Browser(app.client())
    assert "forgot" not in browser.get("/signin").text
    assert browser.get("/signin/forgotten").status == 404
