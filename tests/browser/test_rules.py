"""Rules in a browser: fields come and go while somebody types, and nothing typed is lost."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_rules import PACK

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


def test_a_field_comes_and_goes_while_somebody_types_and_nothing_typed_is_lost(crm, visit):
    page = visit(crm(PACK))
    page.goto("/app/deals/new")
    name, reason = page.get_by_label("Name"), page.locator("#lost-reason")
    name.fill("Big")
    expect(reason).to_be_hidden()
    page.get_by_label("Stage").focus()
    page.get_by_label("Stage").select_option("lost")
    expect(reason).to_be_visible()
    expect(page.get_by_label("Lost reason *")).to_be_visible()
    expect(page.get_by_label("Stage")).to_be_focused()
    expect(name).to_have_value("Big")
    reason.fill("Price")
    page.get_by_label("Stage").focus()
    page.get_by_label("Stage").select_option("won")
    expect(reason).to_be_hidden()
    page.get_by_label("Stage").select_option("lost")
    expect(reason).to_have_value("Price")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("Price")).to_be_visible()
