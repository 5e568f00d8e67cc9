"""Dialogs: a new record from anywhere, a record linked to a list and taken out of it; all of it without
JavaScript too.
"""

import pytest

from tests.support.crm import Page
from tests.support.screens import PACK, SheetReader, make, record, submit

PARTIAL = {"hx-request": "true", "hx-request-type": "partial"}
LAYOUTS = """
    schemas/layouts/people.yaml:
      card:
        tabs:
          overview:
            person: {fields: [first_name, last_name, account]}
            deals: {related: deals, columns: [name, stage], actions: [new, link]}
      create: [last_name, account]
"""


@pytest.fixture
def app(crm):
    return crm(PACK + LAYOUTS)


def part(browser, address):
    """What htmx is given of an address."""
    return Page(browser.client.get(address, headers=PARTIAL))


def send(browser, page, **typed):
    """Send a dialog's form as htmx does."""
    (found,) = SheetReader(page.text).sheets.values()
    values = {**found.values, **typed}
    return Page(browser.client.post(found.action, data=values, headers=PARTIAL))


def test_every_page_offers_new_records_of_the_menu_s_modules(app):
    page = app.sign_in().get("/app")
    for module in ("deals", "accounts", "people"):
        assert page.text.count(f'href="/app/{module}/create" data-dialog') == 1


def test_the_dialog_has_the_layout_s_fields_and_what_must_be_filled_in(app):
    browser = app.sign_in()
    (sheet,) = SheetReader(part(browser, "/app/people/create?_dialog=1").text).sheets.values()
    assert {"last_name", "account"} <= set(sheet.values)
    assert "first_name" not in sheet.values
    (sheet,) = SheetReader(part(browser, "/app/deals/create?notes=hello").text).sheets.values()
    assert sheet.values["name"] == [""]
    assert sheet.values["notes"] == ["hello"]


def test_a_dialog_is_a_part_for_htmx_and_a_page_without_it(app):
    browser = app.sign_in()
    assert part(browser, "/app/people/create?_dialog=1").text.lstrip().startswith("<form")
    assert "<html" in browser.get("/app/people/create").text


def test_a_refused_dialog_shows_its_errors_and_a_saved_one_tells_what_was_made(app):
    browser = app.sign_in()
    page = part(browser, "/app/people/create?_dialog=2")
    refused = send(browser, page)
    assert refused.status == 422
    assert refused.error("d2-last-name") == "Last name is required."
    assert 'href="#d2-last-name"' in refused.text
    made = send(browser, page, last_name="Lind")
    assert made.status == 200
    assert 'data-module="people"' in made.text
    assert 'data-text="Lind"' in made.text
    assert "Lind was created." in made
    assert 'action="/undo/' in made.text


def test_without_javascript_a_saved_dialog_leads_to_the_card(app):
    browser = app.sign_in()
    page = submit(browser, "/app/people/create", {"last_name": "Lind"}, key="/app/people/create")
    assert "Created." in page
    assert "Lind" in page
    refused = submit(browser, "/app/people/create", {"last_name": ""}, key="/app/people/create")
    assert refused.status == 422


def test_what_was_typed_goes_along_to_the_form_with_all_fields(app):
    browser = app.sign_in()
    page = browser.get("/app/people/create")
    (sheet,) = [each for key, each in SheetReader(page.text).sheets.items() if key == "/app/people/create"]
    sent = {**sheet.values, "last_name": "Lind", "_rows": "all"}
    whole = Page(browser.client.post("/app/people/new", data=sent))
    assert whole.status == 200
    assert 'name="last_name" class="form-control" required autofocus value="Lind"' in whole.text or (
        'value="Lind"' in whole.text
    )


def test_the_type_ahead_offers_a_new_record_of_what_was_typed(app):
    browser = app.sign_in()
    options = browser.get("/app/deals/pick/account?q=Acm&for=account").text
    assert 'data-create="/app/accounts/create?name=Acm"' in options
    assert "data-create" not in browser.get("/app/deals/pick/account?q=Acm&for=quick-account").text
    assert "data-create" not in browser.get("/app/deals/pick/seller?q=A&for=seller").text


def test_a_new_one_of_a_related_list_hangs_on_the_record_from_the_beginning(app):
    ada = make(app, "people", last_name="Lind")
    acme = make(app, "accounts", name="Acme")
    browser = app.sign_in()
    card = browser.get(f"/app/people/{ada}")
    assert f'href="/app/deals/create?people={ada}" data-dialog' in card.text
    page = part(browser, f"/app/accounts/{acme}")
    made = send(browser, part(browser, f"/app/people/create?account={acme}&_dialog=1"), last_name="Berg")
    assert "Berg was created." in made
    assert page.status == 200
    assert "Berg" in browser.get(f"/app/accounts/{acme}")


def test_a_record_is_linked_and_taken_out_again(app):
    ada = make(app, "people", last_name="Lind")
    deal = make(app, "deals", name="Chairs")
    browser = app.sign_in()
    page = part(browser, f"/app/people/{ada}/link/deals?_dialog=1")
    assert 'hx-get="/app/deals/pick"' in page.text
    assert send(browser, page).status == 422
    linked = send(browser, page, record=str(deal), role="buyer")
    assert "Chairs was linked." in linked
    assert [(each["id"], each["role"]) for each in record(app, "deals", deal)["people"]] == [(ada, "buyer")]
    card = browser.get(f"/app/people/{ada}")
    address = f"/app/people/{ada}/unlink/deals/{deal}"
    assert f'href="{address}" data-dialog' in card.text
    question = part(browser, address)
    assert "Take Chairs out?" in question
    assert "Chairs was taken out." in send(browser, question)
    assert record(app, "deals", deal)["people"] == []


def test_linking_works_by_a_typed_title_without_javascript(app):
    ada = make(app, "people", last_name="Lind")
    deal = make(app, "deals", name="Chairs")
    browser = app.sign_in()
    address = f"/app/people/{ada}/link/deals"
    page = submit(browser, address, {"record": "", "record:text": "Chairs"}, key=address)
    assert "Chairs was linked." in page
    assert record(app, "deals", deal)["people"][0]["id"] == ada
    unknown = submit(browser, address, {"record": "", "record:text": "Desks"}, key=address)
    assert 'There is no record called "Desks".' in unknown


def test_a_list_without_actions_offers_none(crm):
    app = crm(PACK + LAYOUTS.replace("actions: [new, link]", "actions: []"))
    ada = make(app, "people", last_name="Lind")
    text = app.sign_in().get(f"/app/people/{ada}").text
    assert "/link/deals" not in text
    assert "create?people=" not in text


def test_what_is_not_there_cannot_be_linked(app):
    ada = make(app, "people", last_name="Lind")
    browser = app.sign_in()
    for address in (
        f"/app/people/{ada}/link/nothing",
        f"/app/people/{ada + 100}/link/deals",
        f"/app/people/{ada}/unlink/deals/{ada}",
        "/app/nothing/create",
    ):
        assert browser.get(address).status == 404, address
