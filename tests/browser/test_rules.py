"""Rules in a browser: fields come and go while somebody types, and nothing typed is lost."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_rules import PACK
from tests.journeys.test_rules_of_parts import PACK as PARTS

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


def test_blocks_offers_and_values_follow_what_somebody_types(crm, visit):
    page = visit(crm(PARTS))
    page.goto("/app/deals/new")
    page.get_by_label("Name").fill("Big")
    amount, chance, plan = page.get_by_label("Amount"), page.get_by_label("Chance"), page.get_by_label("Plan")
    terms = page.get_by_role("group", name="Terms")
    expect(terms).to_be_hidden()
    amount.fill("200")
    expect(terms).to_be_visible()
    expect(amount).to_be_focused()
    expect(plan.locator("option")).to_have_count(4)
    amount.fill("20")
    expect(terms).to_be_hidden()
    expect(plan.locator("option")).to_have_count(3)
    page.get_by_label("Stage").select_option("won")
    expect(chance).to_have_value("100")
    page.get_by_label("Stage").select_option("open")
    expect(chance).to_have_value("")
    page.get_by_label("Stage").select_option("won")
    expect(chance).to_have_value("100")
    chance.fill("90")
    page.get_by_label("Stage").select_option("lost")
    page.get_by_label("Stage").select_option("won")
    expect(page.get_by_label("Name")).to_have_value("Big")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("90")).to_be_visible()
