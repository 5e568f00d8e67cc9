"""A session ended while somebody was at work, or a server did not answer: nothing that was typed is lost."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import AXE, check_both
from tests.support.crm import PASSWORD
from tests.support.screens import PACK, make, record

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
POLL = 31_000  # milliseconds until the bell has asked once more


@pytest.fixture
def app(crm):
    return crm(PACK)


@pytest.fixture
def deal(app):
    return make(app, "deals", name="Furniture")


def sign_in(page: Page) -> None:
    page.get_by_label("E-mail").fill("admin@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def sign_in_beside(page: Page) -> None:
    """Follow what the dialog offers, in the tab that it opens."""
    said = page.get_by_role("dialog", name="You have been signed out")
    with page.context.expect_page() as opened:
        said.get_by_role("link", name="Sign in").click()
    sign_in(opened.value)
    opened.value.wait_for_url("**/app")
    opened.value.close()


def test_a_page_without_anything_typed_leads_to_the_sign_in_and_back(app, deal, visit):
    page = visit(app)
    page.clock.install()
    page.goto("/app/deals?sort=name")
    expect(page.get_by_role("link", name="Furniture")).to_be_visible()
    page.context.clear_cookies()
    page.clock.fast_forward(POLL)
    page.wait_for_url(re.compile("/signin"))
    sign_in(page)
    expect(page).to_have_url(re.compile(r"/app/deals\?sort=name$"))


def test_the_bell_does_not_take_a_form_away_from_whoever_types(app, deal, visit):
    page = visit(app)
    page.clock.install()
    with page.expect_response("**/notifications/bell"):
        page.goto(f"/app/deals/{deal}/edit")
    page.get_by_label("Name *").fill("Oak furniture")
    page.context.clear_cookies()
    with page.expect_response("**/notifications/bell") as answer:
        page.clock.fast_forward(POLL)
    assert answer.value.status == 401
    page.clock.fast_forward(1_000)
    expect(page.get_by_label("Name *")).to_have_value("Oak furniture")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_what_was_typed_into_a_form_is_saved_after_signing_in_again(app, deal, visit):
    page = visit(app)
    page.add_init_script(path=AXE)
    page.goto(f"/app/deals/{deal}/edit")
    page.get_by_label("Name *").fill("Oak furniture")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save").last.click()
    said = page.get_by_role("dialog", name="You have been signed out")
    expect(said.get_by_role("link", name="Sign in")).to_be_focused()
    assert check_both(page, "signed out") == []
    said.get_by_role("button", name="Go on").click()
    expect(said.get_by_text("You are not signed in yet.")).to_be_visible()
    sign_in_beside(page)
    said.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert record(app, "deals", deal)["name"] == "Oak furniture"


def test_what_was_typed_into_a_dialog_is_saved_after_signing_in_again(app, visit):
    page = visit(app)
    page.goto("/app/people")
    page.get_by_role("banner").locator(".new-menu > summary").click()
    page.get_by_role("link", name="People", exact=True).last.click()
    person = page.get_by_role("dialog", name="New")
    person.get_by_label("Last name").fill("Berg")
    page.context.clear_cookies()
    person.get_by_role("button", name="Save").click()
    sign_in_beside(page)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("status").get_by_text("Berg was created.")).to_be_visible()


def test_a_field_offers_nothing_until_somebody_has_signed_in_again(app, visit):
    make(app, "accounts", name="Acme")
    page = visit(app)
    page.goto("/app/deals/new")
    page.get_by_label("Name *").fill("Oak furniture")
    page.context.clear_cookies()
    account = page.get_by_role("combobox", name="Account", exact=True)
    account.fill("acm")
    sign_in_beside(page)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_label("Name *")).to_have_value("Oak furniture")
    account.fill("acme")
    page.get_by_role("option", name="Acme", exact=True).click()
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("Created.")).to_be_visible()


@pytest.mark.parametrize("trouble", ["the line is down", "the server is busy", "the answer is lost"])
def test_what_could_not_be_sent_stays_and_is_sent_again(app, visit, troubles, trouble):
    page = visit(app)
    page.add_init_script(path=AXE)
    page.goto("/app/people/new")
    page.get_by_label("Last name").fill("Berg")

    def fail(route):
        if trouble == "the server is busy":
            route.fulfill(status=503, content_type="text/html", body="<h1>Busy</h1>")
        else:
            route.fetch()
            route.abort()

    if trouble == "the line is down":
        page.context.set_offline(True)
    else:
        page.route("**/app/people/new", fail)
    page.get_by_role("button", name="Save").last.click()
    said = page.get_by_role("dialog", name="This was not saved")
    expect(said.get_by_role("button", name="Try again")).to_be_focused()
    assert check_both(page, "not saved") == []
    page.context.set_offline(False)
    page.unroute("**/app/people/new")
    said.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Created.")).to_be_visible()
    assert [each["last_name"] for each in app.program()("GET", "/people").json()["data"]] == ["Berg"]
    troubles.clear()  # the browser tells of what failed
