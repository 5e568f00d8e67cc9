"""What a real browser is told: what is inline does not run, and a test hears of it; pages are not kept."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.screens import PACK, make

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
BREACHES = {
    "script-src": "document.body.append(Object.assign(document.createElement('script'), {text: 'ran = 1'}))",
    "script-src-attr": "document.body.setAttribute('onclick', 'ran = 1'); document.body.click()",
    "style-src": "document.body.insertAdjacentHTML('beforeend', '<style>p {}</style>')",
    "style-src-attr": "document.body.setAttribute('style', 'color: red')",
    "img-src": "document.body.append(Object.assign(new Image(), {src: 'https://evil.example/x.png'}))",
}


def test_what_the_policy_refuses_does_not_run_and_would_fail_its_test(crm, visit, troubles):
    page = visit(crm(""))
    assert troubles == []
    for directive, breach in BREACHES.items():
        page.evaluate(breach)
        page.wait_for_timeout(100)
        assert any(directive in each for each in troubles), (directive, troubles)
        troubles.clear()
    assert page.evaluate("typeof ran") == "undefined"
    page.evaluate("setTimeout(() => { throw new Error('thrown') })")
    page.wait_for_timeout(100)
    assert any("thrown" in each for each in troubles)
    troubles.clear()


def test_after_signing_out_the_way_back_shows_nothing(crm, visit):
    app = crm(PACK)
    account = make(app, "accounts", name="Acme Secret")
    page = visit(app)
    page.goto(f"/app/accounts/{account}")
    expect(page.get_by_text("Acme Secret").first).to_be_visible()
    page.get_by_role("banner").locator("summary").last.click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/signin"))  # with or without the way back, as the bell asks or not
    page.go_back()
    expect(page.get_by_label("Password")).to_be_visible()
    assert "Acme Secret" not in page.content()
