"""An export is of what the list shows, also after it was narrowed in its place."""

import pytest
from playwright.sync_api import expect

from tests.support.screens import PACK, make

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


def test_a_list_that_was_searched_in_its_place_is_exported_as_it_stands(crm, visit):
    app = crm(PACK)
    for name in ("Acme", "Beta", "Gamma"):
        make(app, "accounts", name=name)
    page = visit(app)
    page.goto("/app/accounts")
    page.get_by_role("searchbox", name="Search the list").fill("beta")
    page.wait_for_url("**/app/accounts?*beta*")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Export").click()
    page.wait_for_url("**/export?*beta*")
    expect(page.get_by_text("1 record", exact=True)).to_be_visible()
