"""A form is sent once, however often somebody presses its button before the answer comes."""

import pytest
from playwright.sync_api import Page, Request, expect

from tests.support.screens import PACK, make

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


@pytest.fixture
def app(crm):
    return crm(PACK)


def sent(page: Page) -> list[str]:
    """The addresses that something was sent to since, as the page goes on sending."""
    found: list[str] = []

    def listen(request: Request) -> None:
        if request.method == "POST" and not request.url.endswith("/rules"):
            found.append(request.url)

    page.on("request", listen)
    return found


def people(app) -> list[str]:
    return [each["last_name"] for each in app.program()("GET", "/people").json()["data"]]


@pytest.mark.parametrize("way", ["clicks", "keys"])
def test_a_form_that_is_saved_twice_makes_one_record(app, visit, way):
    page = visit(app)
    page.goto("/app/people/new")
    page.get_by_label("Last name").fill("Berg")
    posts = sent(page)
    if way == "clicks":
        page.get_by_role("button", name="Save").last.dblclick()
    else:
        page.keyboard.press("Control+s")
        page.keyboard.press("Control+s")
    expect(page.get_by_text("Created.")).to_be_visible()
    assert len(posts) == 1
    assert people(app) == ["Berg"]


def test_a_dialog_that_is_saved_twice_makes_one_record(app, visit):
    page = visit(app)
    page.goto("/app/people")
    page.get_by_role("banner").locator(".new-menu > summary").click()
    page.get_by_role("link", name="People", exact=True).last.click()
    page.get_by_label("Last name").fill("Berg")
    posts = sent(page)
    page.get_by_role("button", name="Save").last.dblclick()
    expect(page.get_by_text("Berg was created.")).to_be_visible()
    assert len(posts) == 1
    assert people(app) == ["Berg"]


def test_an_import_that_is_begun_twice_is_one(app, visit):
    page = visit(app)
    page.goto("/app/people/import")
    posts = sent(page)
    page.locator("input[type=file]").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": b"Last name\nLind\n"}
    )
    page.get_by_role("button", name="Look at the file").dblclick()
    page.wait_for_url("**/import/map*")
    page.get_by_role("button", name="Import now").dblclick()
    page.wait_for_url("**/operations/*")
    assert len(posts) == 2


def test_a_refused_form_can_be_sent_again(app, visit):
    page = visit(app)
    page.goto("/app/people/new")
    page.get_by_role("button", name="Save").last.dblclick()
    expect(page.locator("#errors")).to_be_focused()
    page.get_by_label("Last name").fill("Berg")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("Created.")).to_be_visible()


def test_a_key_that_comes_between_two_scripts_saves_once(app, visit):
    deal = make(app, "deals", name="Furniture")
    page = visit(app)
    held = []
    page.route("**/rules.js", lambda route: held.append(route))
    page.goto(f"/app/deals/{deal}/edit", wait_until="commit")
    page.get_by_label("Name *").fill("Oak furniture")
    posts = sent(page)
    while not held:
        page.wait_for_timeout(20)
    page.keyboard.press("Control+s")
    page.wait_for_timeout(200)
    assert posts == []  # it waits for all of them
    for route in held:
        route.continue_()
    expect(page.get_by_role("heading", name="Oak furniture")).to_be_visible()
    assert len(posts) == 1
