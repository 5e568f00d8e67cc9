"""A person works by the keyboard alone: finds, walks, opens, edits, and is not cut short while typing."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.screens import PACK, make

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


@pytest.fixture
def app(crm):
    return crm(PACK)


@pytest.fixture
def deal(app):
    for name in ("Audit", "Benches", "Chairs"):
        number = make(app, "deals", name=name)
    return number


def test_ctrl_k_finds_a_record_a_list_and_a_page(app, deal, visit):
    page = visit(app)
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Find anything")
    expect(box).to_be_focused()
    expect(page.get_by_role("option", name="Deals", exact=True)).to_be_visible()
    page.keyboard.type("chai")
    expect(page.get_by_role("option", name="Chairs")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/app/deals/{deal}")
    page.keyboard.press("Control+k")
    page.keyboard.type("audit")
    page.keyboard.press("Enter")  # at once: it waits for what was typed
    expect(page.get_by_role("heading", name="Audit", level=1)).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option").first).to_have_text(re.compile("Audit"))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.type("setup")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/setup")
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_single_keys_walk_open_edit_and_search_but_not_while_typing(app, deal, visit):
    page = visit(app)
    page.goto("/app/deals?sort=name")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Benches")).to_be_focused()
    page.keyboard.press("k")
    expect(page.get_by_role("link", name="Audit")).to_be_focused()
    page.get_by_role("link", name="Name").click()
    page.wait_for_url("**sort=-name*")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Chairs")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/app/deals/{deal}")
    page.keyboard.press("e")
    page.wait_for_url(f"**/app/deals/{deal}/edit")
    page.get_by_label("Name *").fill("")
    page.keyboard.type("jeans? no / kin")
    expect(page.get_by_label("Name *")).to_have_value("jeans? no / kin")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("heading", name="jeans? no / kin")).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search everywhere")).to_be_focused()
    page.keyboard.type("jeans")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=jeans")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator(".lines").get_by_role("link").first).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.goto("/app/deals")
    page.keyboard.press("n")
    page.wait_for_url("**/app/deals/new")


def test_a_star_is_given_in_place_and_the_menu_lists_it(app, deal, visit):
    page = visit(app)
    page.goto(f"/app/deals/{deal}")
    page.evaluate("window.same = true")
    page.get_by_role("button", name="Favourite").click()
    expect(page.get_by_role("button", name="Favourite")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("window.same")
    page.goto("/app/deals")
    page.get_by_text("Favourites", exact=True).click()
    page.get_by_role("navigation", name="Main menu").get_by_role("link", name="Chairs").click()
    page.wait_for_url(f"**/app/deals/{deal}")


def test_keys_that_are_pressed_before_the_scripts_are_there_count_when_they_are(app, deal, visit):
    page = visit(app)
    held = []
    page.route("**/keyboard.js", lambda route: held.append(route))
    page.goto("/app/deals", wait_until="commit")
    expect(page.get_by_role("link", name="Chairs")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("audix")
    page.keyboard.press("Backspace")
    page.keyboard.type("t")
    page.keyboard.press("Enter")
    for route in held:
        route.continue_()
    expect(page.get_by_role("heading", name="Audit", level=1)).to_be_visible()


def test_a_key_counts_at_once_after_the_palette_is_closed(app, deal, visit):
    page = visit(app)
    page.goto("/app/deals")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Find anything")).to_be_focused()
    page.evaluate("""() => {
        const box = document.querySelector("#palette input");
        document.querySelector("#palette").close();
        box.dispatchEvent(new KeyboardEvent("keydown", {key: "?", bubbles: true, cancelable: true}));
    }""")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
