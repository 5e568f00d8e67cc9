"""A form whose answer was lost makes no second record when it is sent again."""

import threading

import pytest

from tests.support.crm import Page
from tests.support.screens import PACK, sheet


@pytest.fixture
def app(crm):
    return crm(PACK)


def names(app) -> list[str]:
    return [each["name"] for each in app.program()("GET", "/accounts").json()["data"]]


def send(browser, form, **typed):
    return Page(browser.client.post(form.action, data={**form.values, **typed}))


@pytest.mark.parametrize("path", ["/app/accounts/new", "/app/accounts/create"])
def test_the_same_form_sent_again_leads_to_what_it_made(app, path):
    browser = app.sign_in()
    form = sheet(browser.get(path), "form" if path.endswith("new") else path)
    first = send(browser, form, name="Acme")
    again = send(browser, form, name="Acme")
    assert first.status == again.status == 200
    assert first.response.url == again.response.url
    assert names(app) == ["Acme"]


def test_a_form_that_was_lost_with_the_session_is_the_same_after_signing_in_again(app):
    browser = app.sign_in()
    form = sheet(browser.get("/app/accounts/new"))
    send(browser, form, name="Acme")
    browser = app.sign_in()
    token = sheet(browser.get("/app/accounts/new")).values["_csrf"]
    send(browser, form, name="Acme", _csrf=token)
    assert names(app) == ["Acme"]


def test_a_form_that_is_sent_by_two_at_the_same_time_makes_one_record(app):
    browser = app.sign_in()
    form = sheet(browser.get("/app/accounts/new"))
    threads = [threading.Thread(target=send, args=(browser, form), kwargs={"name": "Acme"}) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(app) == ["Acme"]


def test_other_values_make_another_record_and_so_does_a_form_drawn_anew(app):
    browser = app.sign_in()
    form = sheet(browser.get("/app/accounts/new"))
    send(browser, form, name="Acme")
    send(browser, form, name="Newco")
    send(browser, sheet(browser.get("/app/accounts/new")), name="Acme")
    assert sorted(names(app)) == ["Acme", "Acme", "Newco"]


def test_another_person_s_form_is_not_answered_with_what_one_has_made(app):
    admins = app.sign_in()
    form = sheet(admins.get("/app/accounts/new"))
    send(admins, form, name="Acme")
    other = app.sign_in("other@example.com")
    mine = sheet(other.get("/app/accounts/new"))
    send(other, mine, name="Acme", _once=form.values["_once"])
    assert names(app) == ["Acme", "Acme"]


def test_a_refused_form_can_be_sent_again_as_it_is_once_it_is_right(app):
    browser = app.sign_in()
    form = sheet(browser.get("/app/accounts/new"))
    refused = send(browser, form, name="")
    assert refused.status == 422
    assert send(browser, sheet(refused), name="Acme").status == 200
    assert names(app) == ["Acme"]
