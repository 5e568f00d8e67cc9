"""A person works in the CRM with a real browser: finds, opens, changes, deletes and brings back."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.screens import PACK, make, record

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


@pytest.fixture
def app(crm):
    return crm(PACK)


@pytest.fixture
def deal(app):
    """A deal of Acme with two lines, among other accounts."""
    acme = make(app, "accounts", name="Acme", city="Oulu")
    for name in ("Äyräpää Oy", "Zoo Ltd"):
        make(app, "accounts", name=name, city="Turku")
    ada = make(app, "people", first_name="Ada", last_name="Lind", account=acme)
    items = [
        {"product": "Chair", "quantity": 2, "price": 10},
        {"product": "Desk", "quantity": 1, "price": 90},
    ]
    return make(
        app, "deals", name="Furniture", account=acme, people=[{"id": ada, "role": "buyer"}], items=items
    )


def test_a_day_s_work(app, deal, visit):
    make(app, "deals", name="Foreign")
    page = visit(app)
    page.get_by_role("navigation", name="Main menu").get_by_role("link", name="Deals").click()
    box = page.get_by_role("combobox", name="Account", exact=True)
    box.fill("acm")
    page.get_by_role("option", name="Acme").click()
    expect(page.get_by_role("link", name="Foreign")).to_have_count(0)
    assert "account=" in page.url
    assert ":text" not in page.url
    page.get_by_role("link", name="Furniture").click()
    expect(page.get_by_role("heading", name="Furniture")).to_be_visible()
    page.get_by_role("link", name="Edit", exact=True).click()

    rows = page.locator("[data-rows=items] tbody tr")
    rows.nth(0).get_by_label("Quantity").fill("3")
    page.get_by_role("button", name="Add row").click()
    expect(rows).to_have_count(3)
    expect(rows.nth(2).get_by_label("Product")).to_be_focused()
    rows.nth(2).get_by_label("Product").fill("Lamp")
    rows.nth(2).get_by_label("Price").fill("9.9")
    rows.nth(2).get_by_role("button", name="Move up").click()
    rows.nth(2).get_by_role("button", name="Delete row").click()
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/app/deals/{deal}$"))
    lines = record(app, "deals", deal)["items"]
    assert [(line["product"], line["quantity"]) for line in lines] == [("Chair", "3.00"), ("Lamp", "1.00")]
    assert record(app, "deals", deal)["people"][0]["role"] == "buyer"

    page.get_by_role("link", name="Delete").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Delete Furniture?")).to_be_visible()
    dialog.get_by_role("link", name="Cancel").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("link", name="Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Deleted.")).to_be_visible()
    expect(page.get_by_role("link", name="Furniture")).to_have_count(0)
    page.get_by_role("link", name="Open the bin").click()
    page.get_by_role("button", name="Restore Furniture").click()
    expect(page.get_by_text("Restored.")).to_be_visible()
    expect(page.get_by_text("Lamp")).to_be_visible()


def test_a_refused_form_shows_its_errors_in_place_and_can_be_mended(app, visit):
    make(app, "accounts", name="Acme")
    page = visit(app)
    page.goto("/app/deals/new")
    page.get_by_label("Amount", exact=True).fill("lots")
    account = page.get_by_role("combobox", name="Account", exact=True)
    account.fill("acm")
    page.get_by_role("option", name="Acme").click()
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("#errors")).to_be_focused()
    expect(page.locator("#amount-error")).to_be_visible()
    expect(account).to_have_value("Acme")
    page.get_by_role("link", name="Name is required.").click()
    expect(page.get_by_label("Name *")).to_be_focused()
    page.keyboard.type("Chairs")
    page.get_by_label("Amount", exact=True).fill("12")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Created.")).to_be_visible()
    expect(page.get_by_role("link", name="Acme").first).to_be_visible()


def test_the_type_ahead_works_by_keyboard_alone(app, deal, visit):
    page = visit(app)
    page.goto(f"/app/deals/{deal}/edit")
    box = page.get_by_role("combobox", name="Account", exact=True)
    box.focus()
    page.keyboard.press("ArrowDown")
    options = page.locator("#account-list [role=option]:not(.picker-new)")
    expect(options).to_have_count(3)
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    active = box.get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("Acme")
    box.fill("äyr")
    expect(options).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value("Äyräpää Oy")
    page.get_by_label("Name *").focus()
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert record(app, "deals", deal)["account"]["title"] == "Äyräpää Oy"
    page.goto(f"/app/deals/{deal}/edit")
    box.fill("")
    box.press("Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert record(app, "deals", deal)["account"] is None
    page.goto(f"/app/deals/{deal}/edit")
    box.fill("nobody")
    box.press("Enter")  # nothing is chosen yet, so nothing is saved
    page.keyboard.press("Control+s")
    expect(page.locator("#account-error")).to_have_text('There is no record called "nobody".')


def test_a_link_is_added_with_its_role_and_taken_off(app, deal, visit):
    make(app, "people", first_name="Bob", last_name="Ek")
    page = visit(app)
    page.goto(f"/app/deals/{deal}/edit")
    page.get_by_role("combobox", name="People", exact=True).fill("bob")
    page.get_by_role("option", name="Bob Ek").click()
    page.locator(".link-line").nth(1).get_by_label("Role").select_option("decision_maker")
    page.get_by_label("Ada Lind").uncheck()
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_text("Decision maker")).to_be_visible()
    people = record(app, "deals", deal)["people"]
    assert [(each["title"], each["role"]) for each in people] == [("Bob Ek", "decision_maker")]


def test_the_process_bar_and_a_related_list_s_pages_need_one_click(app, deal, visit):
    account = record(app, "deals", deal)["account"]["id"]
    for number in range(12):
        make(app, "deals", name=f"Deal {number:02}", account=account)
    page = visit(app)
    page.goto(f"/app/deals/{deal}")
    page.get_by_role("button", name="Won").click()
    expect(page.get_by_role("button", name="Won")).to_have_attribute("aria-current", "step")
    page.goto(f"/app/accounts/{account}?tab=sales")
    page.evaluate("window.same = true")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("link", name="Deal 11")).to_be_visible()
    assert page.evaluate("window.same")
    page.go_back()
    expect(page.get_by_role("link", name="Deal 00")).to_be_visible()


def test_sorting_and_filtering_swap_the_rows_alone_and_go_back_with_the_browser(app, deal, visit):
    make(app, "deals", name="Zebra", stage="won")
    page = visit(app)
    page.goto("/app/deals")
    page.evaluate("window.same = true")
    page.get_by_role("link", name="Name").click()
    expect(page.locator("th[aria-sort=descending]")).to_have_text("Name")
    expect(page.locator("td.title").first).to_have_text("Zebra")
    page.get_by_label("Stage").select_option("won")
    expect(page.locator("td.title")).to_have_count(1)
    assert "sort=-name" in page.url
    assert page.evaluate("window.same")
    page.go_back()
    expect(page.locator("td.title")).to_have_count(2)
    page.reload()
    expect(page.locator("td.title").first).to_have_text("Zebra")


def test_the_theme_changes_at_once_and_stays(app, visit):
    page = visit(app)
    page.get_by_label("user menu").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.wait_for_timeout(300)
    page.goto("/app/deals")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_an_upload_that_is_too_large_is_told_in_a_page(app, visit, tmp_path):
    large = tmp_path / "large.txt"
    large.write_bytes(b"x" * (27 << 20))
    page = visit(app)
    page.goto("/app/deals/new")
    page.get_by_label("Name *").fill("Chairs")
    page.get_by_label("Files").set_input_files(large)
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("That is too large")).to_be_visible()


def test_a_stale_form_becomes_the_page_of_both_values(app, deal, visit):
    page = visit(app)
    page.goto(f"/app/deals/{deal}/edit")
    app.program()("PATCH", f"/deals/{deal}", json={"name": "Theirs"})
    page.get_by_label("Name *").fill("Mine")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("Somebody else saved first")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Name.*Mine.*Theirs"))).to_be_visible()
    page.get_by_role("link", name="Edit the record as it is now").click()
    expect(page.get_by_label("Name *")).to_have_value("Theirs")


def test_the_menu_of_a_phone_opens_and_nothing_is_wider_than_it(app, deal, visit):
    page = visit(app, viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto("/app/deals")
    page.get_by_role("button", name="Menu", exact=True).click()
    page.get_by_role("link", name="Accounts").click()
    expect(page.get_by_role("heading", name="Accounts")).to_be_visible()


def test_a_first_visit_loads_less_than_300_kb(app, deal, visit, loaded):
    page = visit(app)
    assert 100_000 < loaded(page, "/app/deals") < 300_000
