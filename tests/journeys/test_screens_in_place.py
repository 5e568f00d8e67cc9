"""Working on the card itself: one field edited in its place, a record in small beside its link, and what is
mine put on top of what somebody else has saved.
"""

import html
import re

import pytest

from tests.support.crm import Page
from tests.support.screens import PACK, SheetReader, make, record, sheet, submit

PARTIAL = {"hx-request": "true", "hx-request-type": "partial"}


@pytest.fixture
def app(crm):
    return crm(PACK)


def part(browser, address):
    """What htmx is given of an address."""
    return Page(browser.client.get(address, headers=PARTIAL))


def send(browser, page, **typed):
    """Send a field's form as htmx does."""
    (found,) = SheetReader(page.text).sheets.values()
    return Page(browser.client.post(found.action, data={**found.values, **typed}, headers=PARTIAL))


def words(page):
    """What a person reads."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.text)))


def test_a_card_offers_to_edit_what_may_be_edited_in_place(app):
    number = make(app, "deals", name="Chairs")
    text = app.sign_in().get(f"/app/deals/{number}").text
    for key in ("name", "account", "amount", "topics", "notes", "met_at", "people", "partners", "files"):
        assert f'data-inline="/app/deals/{number}/field/{key}"' in text, key
    for key in ("source", "city", "number", "items"):
        assert f"/field/{key}" not in text, key


def test_one_field_is_saved_and_the_card_follows(app):
    number = make(app, "deals", name="Chairs", amount="10")
    browser = app.sign_in()
    form = part(browser, f"/app/deals/{number}/field/amount?tab=overview")
    assert sheet(form, f"/app/deals/{number}/field/amount?tab=overview").values["amount"] == ["10.00"]
    saved = send(browser, form, amount="25")
    assert saved.status == 200
    assert saved.response.headers["hx-retarget"] == "#main"
    assert "€25.00" in words(saved)
    assert "Saved." in words(saved)
    assert 'action="/undo/' in saved.text
    assert record(app, "deals", number)["name"] == "Chairs"


def test_what_is_wrong_stands_at_the_field_and_what_was_typed_is_kept(app):
    number = make(app, "deals", name="Chairs", amount="10")
    browser = app.sign_in()
    refused = send(browser, part(browser, f"/app/deals/{number}/field/amount"), amount="lots")
    assert refused.status == 422
    assert refused.error("inline-amount")
    assert 'value="lots"' in refused.text
    empty = send(browser, part(browser, f"/app/deals/{number}/field/name"), name="")
    assert empty.error("inline-name") == "Name is required."


def test_a_field_that_somebody_else_has_changed_shows_theirs_and_a_second_save_replaces_it(app):
    number = make(app, "deals", name="Chairs", seats=1)
    browser = app.sign_in()
    form = part(browser, f"/app/deals/{number}/field/seats")
    app.program()("PATCH", f"/deals/{number}", json={"seats": 7})
    stale = send(browser, form, seats="3")
    assert stale.status == 409
    said = stale.error("inline-seats")
    assert said is not None
    assert said.startswith('Admin has changed this to "7" meanwhile.')
    assert record(app, "deals", number)["seats"] == 7
    assert send(browser, stale).status == 200
    assert record(app, "deals", number)["seats"] == 3


def test_a_change_of_another_field_is_no_reason_to_refuse(app):
    number = make(app, "deals", name="Chairs", seats=1)
    browser = app.sign_in()
    form = part(browser, f"/app/deals/{number}/field/seats")
    app.program()("PATCH", f"/deals/{number}", json={"name": "Desks"})
    assert send(browser, form, seats="3").status == 200
    assert (record(app, "deals", number)["name"], record(app, "deals", number)["seats"]) == ("Desks", 3)


def test_one_field_can_be_edited_without_javascript(app):
    number = make(app, "deals", name="Chairs")
    browser = app.sign_in()
    address = f"/app/deals/{number}/field/name"
    page = submit(browser, address, {"name": "Desks"}, key=address)
    assert "Saved." in page
    assert "Desks" in page


def test_what_may_not_be_edited_in_place_has_no_form(app):
    number = make(app, "deals", name="Chairs")
    browser = app.sign_in()
    for key in ("source", "number", "nothing", "items", "id"):
        assert browser.get(f"/app/deals/{number}/field/{key}").status == 404, key
    assert browser.get(f"/app/deals/{number + 99}/field/name").status == 404


def test_a_quick_view_shows_the_layout_s_fields_and_the_way_to_the_record(crm):
    layout = """
    schemas/layouts/people.yaml:
      quick_view: [last_name, account, account.city]
    """
    app = crm(PACK + layout)
    acme = make(app, "accounts", name="Acme", city="Oulu")
    ada = make(app, "people", first_name="Ada", last_name="Lind", account=acme)
    browser = app.sign_in()
    view = part(browser, f"/app/people/{ada}/quick")
    assert "Account · City Oulu" in words(view)
    assert f'href="/app/people/{ada}/edit"' in view.text
    assert "<html" not in view.text
    assert "<html" in browser.get(f"/app/people/{ada}/quick").text
    assert browser.get(f"/app/people/{ada + 99}/quick").status == 404


def test_what_nobody_else_touched_is_put_on_top_of_what_was_saved_meanwhile(app):
    number = make(app, "deals", name="Chairs", seats=1, notes="old", items=[{"product": "Chair"}])
    browser = app.sign_in()
    form = browser.get(f"/app/deals/{number}/edit")
    app.program()("PATCH", f"/deals/{number}", json={"seats": 7, "notes": "theirs"})
    key = next(name for name in sheet(form).values if name.endswith(".product"))
    stale = submit(browser, form, {"name": "Desks", "seats": "3", "amount": "12", key: "Stool"})
    assert stale.status == 409
    assert "the rest collides and stays" in stale
    page = submit(browser, stale, key=f"/app/deals/{number}/edit")
    assert "Saved." in page
    found = record(app, "deals", number)
    assert (found["name"], found["amount"]["amount"], found["items"][0]["product"]) == (
        "Desks",
        "12.00",
        "Stool",
    )
    assert (found["seats"], found["notes"]) == (7, "theirs")


def test_nothing_is_offered_where_everything_collides(app):
    number = make(app, "deals", name="Chairs")
    browser = app.sign_in()
    form = browser.get(f"/app/deals/{number}/edit")
    app.program()("PATCH", f"/deals/{number}", json={"name": "Desks"})
    stale = submit(browser, form, {"name": "Stools"})
    assert "Put mine on top" not in stale
    assert "Nothing was overwritten." in stale


def test_links_with_their_attributes_are_edited_in_place(app):
    ada, eve = (make(app, "people", first_name=name, last_name="Lind") for name in ("Ada", "Eve"))
    number = make(app, "deals", name="Chairs", people=[{"id": ada, "role": "buyer", "share": "10"}])
    browser = app.sign_in()
    form = part(browser, f"/app/deals/{number}/field/people")
    added = {
        f"people.{eve}.id": str(eve),
        f"people.{eve}.role": "decision_maker",
        "people": ["", str(ada), str(eve)],
    }
    assert send(browser, form, **added).status == 200
    people = record(app, "deals", number)["people"]
    assert [(each["id"], each["role"], each["share"]) for each in people] == [
        (ada, "buyer", "10.00"),
        (eve, "decision_maker", None),
    ]
    form = part(browser, f"/app/deals/{number}/field/people")
    send(browser, form, people=["", str(eve)])
    assert [each["id"] for each in record(app, "deals", number)["people"]] == [eve]


def test_links_that_somebody_else_has_changed_are_not_overwritten_unseen(app):
    ada, eve = (make(app, "people", first_name=name, last_name="Lind") for name in ("Ada", "Eve"))
    number = make(app, "deals", name="Chairs", people=[{"id": ada, "role": "buyer"}])
    browser = app.sign_in()
    form = part(browser, f"/app/deals/{number}/field/people")
    app.program()("PATCH", f"/deals/{number}", json={"people": [{"id": ada, "role": "buyer"}, eve]})
    stale = send(browser, form)
    assert stale.status == 409
    assert '"Ada Lind, Eve Lind"' in (stale.error("inline-people") or "")
    assert len(record(app, "deals", number)["people"]) == 2


def test_files_are_added_and_taken_off_in_place(app):
    number = make(app, "deals", name="Chairs")
    browser = app.sign_in()

    def upload(form, name, **typed):
        (found,) = SheetReader(form.text).sheets.values()
        files = {"files:upload": (name, b"text", "text/plain")}
        values = {**found.values, **typed}
        return Page(browser.client.post(found.action, data=values, files=files, headers=PARTIAL))

    def titles():
        return [each["title"] for each in record(app, "deals", number)["files"]]

    first = part(browser, f"/app/deals/{number}/field/files")
    assert upload(first, "offer.txt").status == 200
    assert titles() == ["offer.txt"]
    refused = upload(part(browser, f"/app/deals/{number}/field/files"), "virus.exe")
    assert refused.status == 422
    assert refused.error("inline-files") == 'Files takes no "virus.exe": it takes .txt, .pdf.'
    stale = upload(first, "late.txt")
    assert stale.status == 409
    assert '"offer.txt"' in (stale.error("inline-files") or "")
    assert titles() == ["offer.txt"]
    assert "late.txt" in stale
    send(browser, part(browser, f"/app/deals/{number}/field/files"), files="")
    assert titles() == []


def test_a_cell_of_a_list_is_saved_and_the_row_comes_back_in_the_list_s_columns(app):
    number = make(app, "deals", name="Chairs", amount="10", stage="open")
    browser = app.sign_in()
    query = "filter=open&_columns=name,amount,stage&_list=yes"
    form = part(browser, f"/app/deals/{number}/field/amount?{query}")
    refused = send(browser, form, amount="lots")
    assert refused.status == 422
    assert "hx-retarget" not in refused.response.headers
    saved = send(browser, refused, amount="25")
    assert saved.response.headers["hx-retarget"] == f"#row-{number}"
    assert saved.response.headers["hx-reswap"] == "outerHTML"
    assert "Chairs €25.00 Open Saved." in words(saved)
    assert saved.text.count("<tr>") == 1
    assert 'action="/undo/' in saved.text


def test_the_row_of_a_list_shows_what_a_formula_made_of_a_cell(crm):
    formula = """
    formulas/deals.yaml:
      lost_reason:
        field: lost_reason
        run: [stage]
        value: "concat('Was ', text(stage.kind))"
    """
    app = crm(PACK + formula)
    number = make(app, "deals", name="Chairs")
    browser = app.sign_in()
    form = part(browser, f"/app/deals/{number}/field/stage?_columns=name,stage,lost_reason&_list=yes")
    assert "Was won" in words(send(browser, form, stage="won"))
