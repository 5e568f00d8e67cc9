"""A cell of a list is edited in its place: by the mouse, by the keyboard alone, and not on a phone."""

import pytest
from playwright.sync_api import expect

from tests.support.axe import AXE, SIZES, check_both
from tests.support.screens import PACK, make, record

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


@pytest.fixture
def app(crm):
    return crm(PACK)


@pytest.fixture
def deals(app):
    """Three deals by their names."""
    names = ("Audit", "Benches", "Chairs")
    return {name: make(app, "deals", name=name, amount="10", close_date="2026-01-31") for name in names}


def cell(page, row, column):
    """The cell of a row under a head."""
    heads = [head.strip() for head in page.get_by_role("columnheader").all_inner_texts()]
    return page.get_by_role("row", name=row).get_by_role("cell").nth(heads.index(column))


def double_click(page, row, column):
    """Double-click a cell, once the page's scripts are there: before that, it is two clicks on a row."""
    page.locator("html[data-ready]").wait_for()
    cell(page, row, column).dblclick()


def test_a_double_click_edits_a_cell_and_a_click_opens_the_record(app, deals, visit):
    page = visit(app)
    page.goto("/app/deals")
    double_click(page, "Benches", "Amount")
    editor = page.get_by_role("dialog", name="Amount, Benches")
    box = editor.get_by_role("textbox", name="Amount")
    expect(box).to_be_focused()
    box.fill("lots")
    box.press("Enter")
    expect(editor.get_by_text("Amount must be an amount in EUR.")).to_be_visible()
    box.fill("12.5")
    box.press("Enter")
    expect(cell(page, "Benches", "Amount")).to_contain_text("€12.50")
    expect(editor).to_have_count(0)
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(cell(page, "Benches", "Amount")).to_contain_text("€10.00")
    cell(page, "Audit", "Account").hover()
    page.get_by_role("button", name="Edit: Account, Audit").click()
    expect(page.get_by_role("combobox", name="Account").last).to_be_focused()
    page.keyboard.press("Escape")
    cell(page, "Audit", "Amount").click()
    page.wait_for_url(f"**/app/deals/{deals['Audit']}")


def test_cells_are_edited_by_the_keyboard_alone_and_who_types_at_once_loses_nothing(app, deals, visit):
    page = visit(app)
    page.goto("/app/deals")
    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Edit: Stage, Audit")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("prop")
    page.keyboard.press("Tab")  # nobody waited for a control
    page.keyboard.type("77")
    page.keyboard.press("Enter")
    expect(cell(page, "Audit", "Amount")).to_contain_text("€77.00")
    expect(cell(page, "Audit", "Stage")).to_contain_text("Proposal")
    expect(page.get_by_role("button", name="Edit: Amount, Audit")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("i")
    page.keyboard.type("nothing")
    page.keyboard.press("Tab")
    editor = page.get_by_role("dialog", name="Amount, Benches")
    expect(editor.get_by_role("textbox", name="Amount")).to_be_focused()
    expect(editor.locator(".field-error")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Edit: Amount, Benches")).to_be_focused()
    assert record(app, "deals", deals["Audit"])["amount"]["amount"] == "77.00"
    assert record(app, "deals", deals["Benches"])["amount"]["amount"] == "10.00"


def test_a_phone_opens_the_record_and_shows_no_pencil(app, deals, visit):
    page = visit(app, viewport=SIZES["phone"], has_touch=True)
    page.goto("/app/deals")
    page.get_by_role("row", name="Audit").tap(position={"x": 300, "y": 8})
    page.wait_for_url(f"**/app/deals/{deals['Audit']}")


def test_the_box_over_a_cell_has_no_violation(app, deals, visit):
    page = visit(app)
    page.add_init_script(path=AXE)
    page.goto("/app/deals")
    double_click(page, "Benches", "Amount")
    box = page.get_by_role("dialog").get_by_role("textbox", name="Amount")
    box.fill("lots")
    box.press("Enter")
    expect(page.get_by_role("dialog").locator(".field-error")).to_be_visible()
    wrong = check_both(page, "cell")
    assert not wrong, "\n".join(wrong)
