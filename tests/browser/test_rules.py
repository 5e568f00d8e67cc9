"""Rules in a browser: fields come and go while somebody types, and nothing typed is lost."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_rules import PACK
from tests.journeys.test_rules_of_parts import PACK as PARTS

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)

MODULE = "    schemas/modules/deals.yaml:"
DIALOG = f"      create: [name, stage, amount, chance]\n{MODULE}"


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


def test_a_block_with_a_condition_comes_while_somebody_types_and_is_saved(crm, visit):
    page = visit(
        crm("""
        schemas/layouts/deals.yaml:
          card:
            tabs:
              overview:
                deal: {fields: [name]}
                why: {label: Why, fields: [reason], when: name == 'x'}
        schemas/modules/deals.yaml:
          title: name
          fields: {name: {type: text}, reason: {type: text}}
    """)
    )
    page.goto("/app/deals/new")
    why = page.get_by_role("group", name="Why")
    expect(why).to_be_hidden()
    page.get_by_label("Name").fill("x")
    expect(why).to_be_visible()
    page.get_by_label("Reason").fill("Price")
    page.get_by_label("Name").fill("y")
    expect(why).to_be_hidden()
    page.get_by_label("Name").fill("x")
    expect(why).to_be_visible()
    expect(page.get_by_label("Reason")).to_have_value("Price")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("Price")).to_be_visible()


def test_a_dialog_follows_its_rules_too(crm, visit):
    page = visit(crm(PARTS.replace(MODULE, DIALOG, 1)))
    page.goto("/app/deals")
    page.locator(".new-menu summary").click()
    page.locator(".new-menu").get_by_role("link", name="Deals").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Amount").fill("60")
    dialog.get_by_label("Stage").select_option("won")
    expect(dialog.get_by_label("Chance")).to_have_value("100")
    expect(page.locator("#chance")).to_have_count(0)
