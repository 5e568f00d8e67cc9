"""The filter builder in a browser: rows come and go in place, by keyboard, and what is typed is checked."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.axe import AXE, SIZES, check_both
from tests.support.screens import PACK, make

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
OVERFLOW = "(one => one.scrollWidth - one.clientWidth)(document.querySelector('dialog'))"
DEEP = "stage in ['won', 'lost'] and (amount > 5 or not (account.city == 'Oulu')) and count(people) > 0"


@pytest.fixture
def app(crm):
    made = crm(PACK)
    acme = make(made, "accounts", name="Acme", city="Oulu")
    for number, stage in enumerate(("open", "won", "lost")):
        make(made, "deals", name=f"Deal {number}", stage=stage, amount=100 * number, account=acme)
    return made


def test_a_condition_is_built_by_keyboard_while_the_finds_are_counted(app, visit):
    page = visit(app)
    page.goto("/app/deals")
    page.keyboard.press("f")
    builder = page.get_by_role("dialog", name="Filter")
    field = builder.get_by_label("Field of condition 1", exact=True)
    expect(field).to_be_focused()
    field.select_option("amount")
    expect(field).to_be_focused()
    builder.get_by_label("Operator of condition 1").select_option("more")
    expect(builder.get_by_label("Operator of condition 1")).to_be_focused()
    expect(builder.get_by_role("status")).to_have_text("Some parts are not complete yet.")
    builder.get_by_label("Value").fill("50")
    expect(builder.get_by_role("status")).to_have_text("2 records are found.")
    builder.get_by_role("button", name="Condition", exact=True).click()
    second = builder.get_by_label("Field of condition 2", exact=True)
    expect(second).to_be_focused()
    second.select_option("account")
    builder.get_by_label("More of the field of condition 2").select_option("city")
    expect(builder.get_by_label("More of the field of condition 2")).to_be_focused()
    builder.get_by_label("Value").last.fill("oul")
    page.keyboard.press("Enter")
    page.wait_for_url("**/app/deals?where=*")
    expect(page.get_by_text("Account · City contains “oul”")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("link", name="Clear").last.click()
    expect(page.locator("tbody tr")).to_have_count(3)


def test_a_dialog_comes_with_the_scripts_that_it_needs(app, visit):
    page = visit(app)
    held = []
    page.route("**/filter.js", lambda route: held.append(route))
    page.goto("/app/deals")
    page.keyboard.press("f")
    while not held:
        page.wait_for_timeout(20)
    builder = page.get_by_role("dialog", name="Filter")
    expect(builder).to_be_hidden()
    held.pop().continue_()
    builder.get_by_label("Field of condition 1", exact=True).select_option("amount")
    expect(builder.get_by_label("Operator of condition 1")).to_be_visible()


def test_what_was_chosen_before_the_script_came_is_followed(app, visit):
    page = visit(app)
    held = []
    page.route("**/filter.js", lambda route: held.append(route))
    page.goto("/app/deals/filter", wait_until="commit")
    page.get_by_label("Field of condition 1", exact=True).select_option("amount")
    while not held:
        page.wait_for_timeout(20)
    held.pop().continue_()
    expect(page.get_by_label("Operator of condition 1")).to_be_visible()


def test_an_expression_is_checked_while_one_types_and_a_record_is_picked(app, visit):
    page = visit(app)
    page.goto("/app/deals/filter")
    page.get_by_role("button", name="Expression").click()
    text = page.get_by_label("Expression 2")
    text.fill("count(peopel) > 0")
    expect(page.locator("mark")).to_have_text("peopel")
    expect(page.get_by_text('did you mean "people"?')).to_be_visible()
    text.fill("count(people) == 0")
    expect(page.locator("mark")).to_have_count(0)
    page.get_by_label("Field of condition 1", exact=True).select_option("account")
    page.get_by_role("combobox", name="Value").fill("acm")
    page.get_by_role("option", name="Acme").click()
    expect(page.get_by_role("status").first).to_have_text("3 records are found.")
    page.get_by_text("Save as a filter of my own").click()
    page.get_by_label("Name").fill("Acme's")
    page.keyboard.press("Enter")
    page.wait_for_url("**/app/deals?filter=*")
    expect(page.get_by_role("link", name="Acme's")).to_have_attribute("aria-current", "page")


@pytest.mark.parametrize("size", SIZES)
def test_the_builder_is_accessible_and_fits(app, visit, size):
    page = visit(app, viewport=SIZES[size])
    page.goto(f"/app/deals?where={DEEP}".replace(" ", "%20").replace(">", "%3E").replace("'", "%27"))
    page.locator(".filter-bar").get_by_role("link", name="Edit").click()
    builder = page.get_by_role("dialog", name="Filter")
    expect(builder).to_be_visible()
    builder.get_by_text("Save as a filter of my own").click()
    builder.get_by_role("button", name="Show", exact=True).scroll_into_view_if_needed()
    page.evaluate(Path(AXE).read_text("utf-8"))
    assert check_both(page, "builder") == []
    wide = page.evaluate(
        "(() => { const one = document.querySelector('dialog'); return one.scrollWidth - one.clientWidth })()"
    )
    assert wide <= 0
