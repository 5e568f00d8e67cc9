"""Working without leaving the page: dialogs, quick views, one field in its place, columns, files, undo."""

import contextlib
import re

import pytest
from playwright.sync_api import Error, Route, expect

from tests.support.axe import AXE, SIZES, check
from tests.support.screens import PACK, make, record

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)

LAYOUT = """
    schemas/layouts/people.yaml:
      card:
        tabs:
          overview:
            person: {fields: [first_name, last_name, account]}
            deals: {related: deals, columns: [name, stage, amount], actions: [new, link]}
            papers: {component: files}
      create: [last_name, account]
"""


@pytest.fixture
def app(crm):
    return crm(PACK + LAYOUT)


@pytest.fixture
def ada(app):
    """A person of Acme, with a deal."""
    acme = make(app, "accounts", name="Acme", city="Oulu")
    ada = make(app, "people", first_name="Ada", last_name="Lind", account=acme)
    make(app, "deals", name="Furniture", account=acme, amount="10", people=[{"id": ada, "role": "buyer"}])
    return ada


def test_a_record_and_the_one_it_points_at_are_made_in_dialogs_from_anywhere(app, visit):
    page = visit(app)
    page.goto("/app/people")
    page.get_by_role("banner").locator(".new-menu > summary").click()
    page.get_by_role("link", name="People", exact=True).last.click()
    person = page.get_by_role("dialog", name="New")
    person.get_by_role("button", name="Save").click()
    expect(person.get_by_role("alert")).to_be_focused()
    person.get_by_label("Last name").fill("Berg")
    person.get_by_role("combobox", name="Account").fill("Newco")
    page.get_by_role("option", name='New Accounts "Newco"').click()
    account = page.get_by_role("dialog").last
    expect(account.get_by_label("Name *")).to_have_value("Newco")
    account.get_by_role("button", name="Save").click()
    expect(person.get_by_role("combobox", name="Account")).to_have_value("Newco")
    person.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("status").get_by_text("Berg was created.")).to_be_visible()
    expect(page.get_by_role("link", name="Newco")).to_be_visible()
    page.get_by_role("banner").locator(".new-menu > summary").click()
    page.get_by_role("link", name="People", exact=True).last.click()
    person.get_by_label("Last name").fill("Lost")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Go on editing").click()
    expect(person.get_by_label("Last name")).to_have_value("Lost")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_one_field_is_edited_in_its_place_and_the_change_is_undone(app, ada, visit):
    page = visit(app)
    page.goto(f"/app/people/{ada}")
    pencil = page.get_by_role("link", name="Edit: First name")
    pencil.focus()
    page.keyboard.press("Enter")
    box = page.get_by_role("textbox", name="First name")  # not the pencil, which is called alike
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(pencil).to_be_focused()
    page.get_by_text("Ada", exact=True).dblclick()
    box.fill("Eve")
    box.press("Enter")
    expect(page.get_by_role("heading", name="Eve Lind")).to_be_visible()
    expect(pencil).to_be_focused()
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Ada Lind")).to_be_visible()
    assert record(app, "people", ada)["first_name"] == "Ada"


def test_what_was_given_up_before_its_control_came_stays_given_up(app, ada, visit):
    page = visit(app)
    page.goto(f"/app/people/{ada}")
    held: list[Route] = []
    page.route("**/field/first_name*", lambda route: held.append(route))  # a plain method is no handler
    pencil = page.get_by_role("link", name="Edit: First name")
    expect(page.locator("html")).to_have_attribute("data-ready", "")  # till then a pencil is a plain link
    pencil.focus()
    with page.expect_request("**/field/first_name*"):
        page.keyboard.press("Enter")  # the pencil's own press would wait for what is held
    page.keyboard.press("Escape")
    expect(pencil).to_be_focused()
    page.unroute("**/field/first_name*")
    with contextlib.suppress(Error):  # the browser may have given it up already
        held.pop().continue_()
    page.wait_for_timeout(500)
    expect(pencil).to_be_focused()
    expect(page.get_by_role("status")).to_be_empty()
    pencil.press("Enter")
    expect(page.get_by_role("textbox", name="First name", exact=True)).to_be_focused()


def test_a_quick_view_comes_by_the_pointer_and_by_a_key(app, ada, visit):
    page = visit(app)
    page.goto("/app/people")
    link = page.get_by_role("link", name="Acme")
    link.hover()
    view = page.get_by_role("dialog", name="Acme")
    expect(view.get_by_text("Oulu")).to_be_visible()
    page.mouse.move(5, 5)
    expect(view).to_be_hidden()
    link.focus()
    page.keyboard.press("v")
    expect(view.get_by_role("link", name="Acme")).to_be_focused()
    page.keyboard.press("Escape")
    expect(link).to_be_focused()


def test_records_are_linked_and_files_are_dropped_on_the_card(app, ada, visit):
    make(app, "deals", name="Lamps")
    page = visit(app)
    page.goto(f"/app/people/{ada}")
    page.get_by_role("link", name="Link Deals").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Deal for Life").fill("Lam")
    page.get_by_role("option", name="Lamps").click()
    dialog.get_by_role("button", name="Link").click()
    expect(page.get_by_role("link", name="Lamps")).to_be_visible()
    page.get_by_role("row", name="Lamps").get_by_role("link", name="Take it out").click()
    dialog.get_by_role("button", name="Take it out").click()
    expect(page.get_by_role("link", name="Lamps")).to_have_count(0)
    files = [{"name": name, "mimeType": "text/plain", "buffer": b"x"} for name in ("a.txt", "b.txt")]
    page.get_by_label("Drop files here, or choose them").set_input_files(files)
    expect(page.get_by_role("link", name="a.txt", exact=True)).to_be_visible()
    page.get_by_role("link", name="Delete: a.txt").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("link", name="a.txt", exact=True)).to_have_count(0)
    expect(page.get_by_role("link", name="b.txt", exact=True)).to_be_visible()


def test_a_file_arrives_though_its_block_is_drawn_anew_meanwhile(app, ada, visit):
    page = visit(app)
    page.goto(f"/app/people/{ada}")
    held = []
    page.route("**/people/*/files", lambda route: held.append(route))
    page.get_by_label("Drop files here, or choose them").set_input_files(
        {"name": "a.txt", "mimeType": "text/plain", "buffer": b"x"}
    )
    page.get_by_role("row", name="Furniture").get_by_role("link", name="Take it out").click()
    page.get_by_role("dialog").get_by_role("button", name="Take it out").click()
    expect(page.get_by_role("row", name="Furniture")).to_have_count(0)
    expect(page.get_by_role("progressbar")).to_have_count(0)
    held.pop().continue_()
    expect(page.get_by_role("link", name="a.txt", exact=True)).to_be_visible()


def test_columns_are_chosen_by_the_keyboard(app, ada, visit):
    page = visit(app)
    page.goto("/app/deals")
    page.get_by_role("link", name="Columns").focus()
    with page.expect_response("**/columns.js") as script:
        page.keyboard.press("Enter")
    page.evaluate(
        "(url) => import(url).then(() => null)", script.value.url
    )  # till then a button sends its form
    dialog = page.get_by_role("dialog", name="Columns")
    down = dialog.get_by_role("button", name="Move down: Name")
    down.focus()
    page.keyboard.press("Enter")
    expect(down).to_be_focused()
    dialog.get_by_role("checkbox", name="Seats").check()
    dialog.get_by_role("button", name="Show these").click()
    expect(page).to_have_url(re.compile("_columns=account%2Cname"))
    expect(page.get_by_role("columnheader").nth(1)).to_have_text("Name")
    expect(page.get_by_role("columnheader", name="Seats")).to_be_visible()


@pytest.mark.parametrize("scheme, size", [("light", "wide"), ("dark", "phone")])
def test_what_opens_over_a_page_has_no_violation(app, ada, visit, scheme, size):
    page = visit(app, color_scheme=scheme, viewport=SIZES[size])
    page.add_init_script(path=AXE)
    wrong = []

    def opened(address, link, name):
        page.goto(address)
        link().click()
        page.get_by_role("dialog").first.wait_for()
        wrong.extend(check(page, name))

    opened("/app/deals", lambda: page.get_by_role("link", name="Columns"), "columns")
    opened(f"/app/people/{ada}", lambda: page.get_by_role("link", name="New Deals"), "create")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    page.get_by_role("dialog").get_by_role("alert").wait_for()
    wrong += check(page, "refused dialog")
    opened(f"/app/people/{ada}", lambda: page.get_by_role("link", name="Link Deals"), "link")
    opened(f"/app/people/{ada}", lambda: page.get_by_role("link", name="Take it out"), "unlink")
    opened(f"/app/people/{ada}", lambda: page.get_by_role("button", name="Quick view: Acme"), "quick view")
    page.goto(f"/app/people/{ada}")
    page.get_by_role("link", name="Edit: Account").click()
    page.get_by_role("combobox", name="Account").wait_for()
    wrong += check(page, "in place")
    page.goto("/app/people")
    page.get_by_role("banner").locator(".new-menu > summary").click()
    wrong += check(page, "new menu")
    assert not wrong, "\n".join(wrong)


def test_the_quick_bar_says_what_it_asks_for_while_the_list_changes_in_place(app, ada, visit):
    page = visit(app)
    page.goto("/app/deals")
    clear = page.get_by_role("link", name="Clear").first
    expect(clear).to_be_hidden()
    amount = page.locator("details[data-range]").first
    amount.locator("summary").click()
    amount.get_by_label("From").fill("50")
    amount.get_by_label("From").press("Enter")
    expect(amount.locator("output")).to_contain_text("50")
    expect(page.locator("#rows").get_by_text("No record matches.")).to_be_visible()
    clear.click()
    expect(page.get_by_role("link", name="Furniture")).to_be_visible()
    expect(amount.locator("output")).to_have_text("Any")


def test_a_line_on_a_phone_says_what_it_is_and_the_rest_in_one_row_under_it(app, visit):
    items = [{"product": "Chair", "quantity": 2, "price": 10}]
    deal = make(app, "deals", name="Furniture", items=items)
    page = visit(app, viewport=SIZES["phone"])
    page.goto(f"/app/deals/{deal}")
    cells = page.locator(".list.plain:not(.single) tbody td:visible").all()
    first, quantity, price = [cell.bounding_box()["y"] for cell in cells]
    assert first + 10 < quantity == price
