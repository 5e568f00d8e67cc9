"""The formula workbench, and how a value came about, in a browser: by keyboard, on a phone, in the dark."""

import pytest
from playwright.sync_api import expect

from tests.support.axe import AXE, check_both
from tests.support.shop import PACK, make_order

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


@pytest.fixture
def app(crm):
    return crm(PACK)


@pytest.fixture
def order(app):
    return make_order(app)


def test_an_expression_is_completed_by_the_keyboard_and_answered_while_it_is_typed(app, order, visit):
    page = visit(app)
    page.goto("/admin/workbench?module=orders")
    page.get_by_role("combobox", name="Record").fill("Bi")
    page.get_by_role("option", name="Big").click()
    box = page.get_by_label("Expression", exact=True)
    box.click()
    page.keyboard.type("pri")
    choices = page.get_by_role("listbox", name="Names and functions")
    expect(choices.get_by_role("option").first).to_contain_text("price")
    page.keyboard.press("Enter")
    expect(box).to_have_value("price")
    page.keyboard.type(" * rou")
    expect(choices).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    expect(box).to_have_value("price * round(")
    page.keyboard.type("account.disc")
    expect(choices.get_by_role("option").first).to_contain_text("discount")
    page.keyboard.press("Escape")
    expect(choices).to_be_hidden()
    expect(page.get_by_label("The function at the cursor")).to_contain_text("round(")
    page.keyboard.type("ount)")
    answer = page.get_by_label("What it gives")
    expect(answer).to_contain_text("It is money.")
    expect(answer).to_contain_text("€2,000.00")
    expect(answer.get_by_role("link", name="Acme")).to_be_visible()
    page.keyboard.type(" + nmae")
    expect(answer).to_contain_text('did you mean "name"?')
    page.keyboard.press("Control+z")
    page.get_by_label("Module").select_option("accounts")
    page.wait_for_url("**module=accounts**")
    expect(page.get_by_label("Expression", exact=True)).not_to_have_value("")


def test_how_a_value_came_about_is_told_by_the_keyboard_too(app, order, visit):
    page = visit(app)
    page.goto(f"/app/orders/{order}")
    link = page.get_by_role("link", name="How it came about: Total")
    link.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="How Total came about")
    expect(dialog.get_by_role("row", name="account.discount Account")).to_contain_text("10%")
    expect(dialog.get_by_role("link", name="Acme")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_is_out_of_reach_or_too_wide(app, order, visit, width):
    page = visit(app, viewport={"width": width, "height": 900})
    page.add_init_script(path=AXE)
    text = "price%20*%20(100%20-%20account.discount)%20/%20100%20%2B%20nothing"
    for number, address in enumerate(
        (
            f"/admin/workbench?module=orders&record={order}&text={text.removesuffix('%20%2B%20nothing')}",
            f"/admin/workbench?module=orders&record={order}&text={text}",
            "/admin/setup?show=fields.orders.price",
            "/admin/source?file=formulas%2Forders.yaml#line-1",
            f"/app/orders/{order}/explain/total",
        )
    ):
        page.goto(address)
        assert check_both(page, address) == []
        _shoot(page, f"page-{number}-{width}")
    page.goto("/admin/workbench?module=orders")
    page.get_by_label("Expression", exact=True).click()
    page.keyboard.type("round(pri")
    page.get_by_role("listbox", name="Names and functions").get_by_role("option").first.wait_for()
    assert check_both(page, "page") == []
    _shoot(page, f"names-{width}")
    page.goto(f"/app/orders/{order}")
    page.get_by_role("link", name="How it came about: Total").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    assert check_both(page, "page") == []
    _shoot(page, f"popover-{width}")


def _shoot(page, name):
    import os

    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")
