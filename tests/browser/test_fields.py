"""Fields whose controls need a browser: the rich text editor, and selects that depend on another."""

import pytest
from playwright.sync_api import expect

from tests.support.screens import make, record

PACK = """
    schemas/picklists/industry.yaml:
      values: {food: {}, metal: {}}
    schemas/picklists/branch.yaml:
      values: {bakery: {}, dairy: {}, foundry: {}}
    schemas/modules/accounts.yaml:
      title: name
      fields: {name: {type: text}}
    schemas/modules/contacts.yaml:
      title: name
      fields: {name: {type: text}, account: {type: relation, module: accounts}}
    schemas/modules/notes.yaml:
      title: name
      fields:
        name: {type: text}
        account: {type: relation, module: accounts}
        contact: {type: relation, module: contacts, where: account == this.account}
        industry: {type: picklist, picklist: industry}
        branch:
          type: picklist
          picklist: branch
          depends_on: {field: industry, map: {food: [bakery, dairy], metal: [foundry]}}
        topics: {type: tags}
        body: {type: rich_text}
"""


@pytest.fixture
def app(crm):
    return crm(PACK)


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
def test_rich_text_is_typed_with_its_form(app, visit):
    note = make(app, "notes", name="A", body="<div>Hello</div>")
    page = visit(app)
    page.goto(f"/app/notes/{note}/edit")
    editor = page.locator("trix-editor")
    editor.wait_for()
    assert page.locator("textarea[name=body]").input_value() == "<div>Hello</div>"
    assert page.get_by_role("button", name="Attach Files").count() == 0
    page.get_by_label("Name").fill("B")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_url(f"**/app/notes/{note}")
    assert record(app, "notes", note)["body"] == "<div>Hello</div>"
    page.goto(f"/app/notes/{note}/edit")
    editor.wait_for()
    editor.press("Control+End")
    page.get_by_role("button", name="Bold").click()
    editor.press_sequentially(" world")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_url(f"**/app/notes/{note}")
    written = record(app, "notes", note)["body"].replace("&nbsp;", " ")
    assert written == "<div>Hello<strong> world</strong></div>"


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
def test_the_heaviest_form_loads_less_than_300_kb(app, visit, loaded):
    note = make(app, "notes", name="Šárka Žižková, ő ł ș ₺", body="<div>Hello</div>")
    page = visit(app)
    assert loaded(page, f"/app/notes/{note}/edit") < 300_000
    page.locator("trix-editor").wait_for()


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
def test_a_select_offers_what_fits_as_soon_as_the_other_changes(app, visit):
    page = visit(app)
    page.goto("/app/notes/new")
    branch = page.get_by_label("Branch")
    page.get_by_label("Industry").select_option("metal")
    expect(branch.locator("option")).to_have_text(["", "Foundry"])
    branch.select_option("foundry")
    page.get_by_label("Industry").select_option("food")
    expect(branch).to_have_value("")
    expect(branch.locator("option")).to_have_text(["", "Bakery", "Dairy"])


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
def test_a_select_offers_what_fits_what_was_chosen_before_its_script_came(app, visit):
    page = visit(app)
    held = []
    page.route("**/choices.js", lambda route: held.append(route))
    page.goto("/app/notes/new", wait_until="commit")
    page.get_by_label("Industry").select_option("metal")
    while not held:
        page.wait_for_timeout(20)
    held.pop().continue_()
    expect(page.get_by_label("Branch").locator("option")).to_have_text(["", "Foundry"])


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
def test_a_type_ahead_offers_what_fits_what_was_picked_before(app, visit):
    acme, other = make(app, "accounts", name="Acme"), make(app, "accounts", name="Other")
    make(app, "contacts", name="Ada", account=acme)
    make(app, "contacts", name="Bo", account=other)
    page = visit(app)
    page.goto("/app/notes/new")
    page.get_by_role("combobox", name="Account").fill("Acme")
    page.get_by_role("option", name="Acme", exact=True).click()
    page.get_by_role("combobox", name="Contact").click()
    page.get_by_role("option", name="Ada", exact=True).wait_for()
    shown = page.locator(".picker [role=option][data-id]:not([data-id='']):visible")
    assert shown.all_inner_texts() == ["Ada"]


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
def test_enter_makes_a_tag_of_what_was_typed_and_never_saves_a_half_chosen_form(app, visit):
    make(app, "accounts", name="Acme")
    page = visit(app)
    page.goto("/app/notes/new")
    page.locator("trix-editor").wait_for()
    page.get_by_label("Name").fill("A")
    page.get_by_role("combobox", name="Topics").fill("red, round")
    page.keyboard.press("Enter")
    page.keyboard.type("tall")
    page.keyboard.press("Enter")
    page.get_by_role("combobox", name="Account").fill("acm")
    page.keyboard.press("Enter")  # at once: nothing is offered yet, and nothing is saved
    page.get_by_role("option", name="Acme").wait_for()
    page.keyboard.press("Enter")
    page.locator("trix-editor").click()
    page.keyboard.type("done")
    page.keyboard.press("Control+s")
    page.get_by_role("heading", name="A", level=1).wait_for()
    note = record(app, "notes", int(page.url.rpartition("/")[2]))
    assert (sorted(note["topics"]), note["account"]["title"]) == (["red", "round", "tall"], "Acme")
    assert "done" in note["body"]
    assert page.evaluate("scrollY") == 0
