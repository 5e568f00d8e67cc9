"""Rules in a browser: fields come and go while somebody types, and nothing typed is lost."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_rules import PACK
from tests.journeys.test_rules_of_parts import PACK as PARTS
from tests.journeys.test_rules_of_rows import PACK as ROWS

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)

MODULE = "    schemas/modules/deals.yaml:"
DIALOG = f"      create: [name, stage, amount, chance]\n{MODULE}"


def hold(page):
    """Keep the questions for rules until the test lets them go on; gives the list of them."""
    held = []
    page.route("**/rules", lambda route: held.append(route))
    return held


def test_a_late_answer_does_not_lie_over_what_was_typed_since_it_was_asked_for(crm, visit):
    page = visit(crm(PARTS))
    page.goto("/app/deals/new")
    page.get_by_label("Amount").fill("20")
    expect(page.get_by_label("Stage").get_by_role("option", name="Won")).to_be_attached()
    held = hold(page)
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    page.get_by_label("Stage").select_option("won")
    page.clock.run_for(10)
    while not held:
        page.wait_for_timeout(20)
    (question,) = held
    answer = question.fetch()
    page.get_by_label("Chance").fill("90")
    page.get_by_label("Name").focus()
    question.fulfill(response=answer)
    page.wait_for_timeout(200)  # in vain: the answer is not waited for any more
    expect(page.get_by_label("Chance")).to_have_value("90")
    page.unroute("**/rules")
    with page.expect_response("**/rules"):
        page.clock.run_for(1000)
    expect(page.get_by_label("Chance")).to_have_value("90")


def test_a_save_waits_for_what_the_rules_show(crm, visit):
    page = visit(crm(PACK))
    page.goto("/app/deals/new")
    page.get_by_label("Name").fill("Big")
    stage, reason = page.get_by_label("Stage"), page.locator("#lost-reason")
    stage.select_option("lost")
    reason.fill("Price")
    stage.focus()
    stage.select_option("won")
    expect(reason).to_be_hidden()
    held = hold(page)
    stage.select_option("lost")
    page.keyboard.press("Control+s")
    while not held:
        page.wait_for_timeout(20)
    page.get_by_role("button", name="Save").last.click()
    (question,) = held
    question.continue_()
    expect(page.get_by_text("Price")).to_be_visible()


def test_a_save_waits_no_longer_where_the_rules_do_not_answer(crm, visit):
    page = visit(crm(PACK))
    page.goto("/app/deals/new")
    hold(page)
    page.get_by_label("Name").fill("Big")
    page.get_by_label("Stage").select_option("won")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("heading", name="Big")).to_be_visible()


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


def test_rules_hold_for_what_was_typed_before_their_script_came(crm, visit):
    page = visit(crm(PACK))
    held = []
    page.route("**/rules.js", lambda route: held.append(route))
    page.goto("/app/deals/new", wait_until="commit")
    page.get_by_label("Stage").select_option("lost")
    while not held:
        page.wait_for_timeout(20)
    held.pop().continue_()
    expect(page.locator("#lost-reason")).to_be_visible()


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


def test_rows_follow_what_somebody_types_into_them(crm, visit):
    page = visit(crm(ROWS))
    page.goto("/app/orders/new")
    page.get_by_label("Name").fill("Order")
    page.get_by_role("button", name="Add row").click()
    row = page.locator("tr[data-row]").first
    what, kind, hours = row.get_by_label("What"), row.get_by_label("Kind"), row.get_by_label("Hours")
    expect(hours).to_be_hidden()
    what.fill("Advice")
    kind.focus()
    kind.select_option("service")
    expect(hours).to_be_visible()
    expect(kind).to_be_focused()
    expect(row.locator(".is-required")).to_have_count(1)
    expect(row.get_by_label("Unit").locator("option")).to_have_count(2)
    kind.select_option("gift")
    expect(row.get_by_label("Price")).to_have_value("0")
    expect(hours).to_be_hidden()
    kind.select_option("goods")
    expect(row.get_by_label("Price")).to_have_value("")
    page.get_by_role("button", name="Add row").click()
    second = page.locator("tr[data-row]").nth(1)
    second.get_by_label("What").fill("Gift")
    second.get_by_label("Kind").select_option("gift")
    expect(second.get_by_label("Price")).to_have_value("0")
    expect(what).to_have_value("Advice")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("cell", name="Advice")).to_be_visible()


def test_a_rule_sets_a_relation_to_anything_while_somebody_types(crm, visit):
    app = crm("""
        schemas/modules/firms.yaml:
          title: name
          fields: {name: {type: text}}
        schemas/modules/people.yaml:
          title: name
          fields: {name: {type: text}}
        schemas/modules/visits.yaml:
          title: name
          fields:
            name: {type: text}
            firm: {type: relation, module: firms}
            about: {type: any_relation, modules: [firms, people]}
          rules:
            about_the_firm: {when: name == 'x', set: {about: =firm}}
    """)
    firm = app.program()("POST", "/firms", json={"name": "Acme"}).json()["data"]["id"]
    page = visit(app)
    page.goto(f"/app/visits/new?firm={firm}")
    about = page.locator("[data-field=about] input[type=text], [data-field=about] input[role=combobox]").first
    expect(about).to_have_value("")
    page.get_by_label("Name").fill("x")
    expect(about).to_have_value("Acme")
    expect(page.get_by_label("Name")).to_be_focused()
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("link", name="Acme").first).to_be_visible()
