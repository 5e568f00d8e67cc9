"""What was drawn or asked for before a rename is saved and found after it: forms, cells, addresses."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from runtime.storage.runtime_tables import runtime_tables
from tests.support.builder import press, row
from tests.support.crm import App, write_pack
from tests.support.screens import SheetReader, record, sheet

BEFORE = """
    schemas/picklists/stages.yaml:
      values: {open: {}, won: {}, lost: {}}
    schemas/modules/people.yaml:
      title: name
      fields:
        name: {type: text}
    schemas/modules/deals.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        amount: {type: integer}
        stage: {type: picklist, picklist: stages, default: open}
        people: {type: relations, module: people, link: {role: {type: text}}}
      rows:
        items: {module: lines}
    schemas/layouts/deals.yaml:
      card:
        tabs:
          all:
            deal: {fields: [name, amount, stage, people]}
            items: {rows: items}
      list: [name, amount]
    schemas/modules/lines.yaml:
      title: what
      fields:
        what: {type: text, required: true}
        price: {type: integer}
"""
AFTER = (
    BEFORE.replace("modules/deals.yaml:\n", "modules/sales.yaml:\n      was: deals\n")
    .replace("layouts/deals.yaml", "layouts/sales.yaml")
    .replace("fields: [name, amount", "fields: [name, worth")
    .replace("list: [name, amount]", "list: [name, worth]")
    .replace("amount: {type: integer}", "worth: {type: integer, was: amount}")
    .replace("won: {}", "gained: {was: won}")
    .replace("role: {type: text}", "part: {type: text, was: role}")
    .replace("price: {type: integer}", "each: {type: integer, was: price}")
)


def renamed(app: App) -> None:
    """Apply the pack of after, as another process does."""
    for path in app.folder.rglob("deals.yaml"):
        path.unlink()
    write_pack(app.folder, AFTER)
    other = app.house.open_site(app.folder)
    try:
        outcome: Any = other.apply_pack()
        assert outcome.revision == 2, outcome
    finally:
        other.close()


def send(browser: Any, page: Any, address: str, **typed: str) -> Any:
    """Send a page's form to an address, with what was typed."""
    (found,) = [each for each in SheetReader(page.text).sheets.values() if "_revision" in each.values]
    return browser.client.post(address, data={**found.values, **typed})


def test_a_form_that_was_opened_before_a_rename_is_saved_after_it(crm: Callable[..., App]) -> None:
    app = crm(BEFORE)
    browser = app.sign_in()
    page = browser.get("/app/deals/new")
    rows = {"items": "n1", "items.n1.what": "Chair", "items.n1.price": "7"}
    renamed(app)
    done = send(browser, page, "/app/deals/new", name="One", amount="5", stage="won", **rows)
    assert done.status_code == 200, done.text
    number = int(str(done.url).rpartition("/")[2])
    assert "/app/sales/" in str(done.url)
    found = record(app, "sales", number)
    assert (found["worth"], found["stage"]) == (5, "gained")
    assert [(row["what"], row["each"]) for row in found["items"]] == [("Chair", 7)]


def test_the_form_of_a_record_goes_on_too(crm: Callable[..., App]) -> None:
    app = crm(BEFORE)
    browser = app.sign_in()
    rest = app.program()
    person = rest("POST", "/people", json={"name": "Ada"}).json()["data"]["id"]
    deal = {"name": "One", "amount": 1, "people": [{"id": person, "role": "buyer"}]}
    number = rest("POST", "/deals", json=deal).json()["data"]["id"]
    page = browser.get(f"/app/deals/{number}/edit")
    (role,) = [name for name in sheet(page).values if name.endswith(".role")]
    renamed(app)
    done = send(browser, page, f"/app/deals/{number}/edit", amount="9", **{role: "user"})
    assert done.status_code == 200, done.text
    found = record(app, "sales", number)
    assert found["worth"] == 9
    assert [link["part"] for link in found["people"]] == ["user"]


def test_a_cell_of_a_list_that_was_drawn_before_is_edited_in_place(crm: Callable[..., App]) -> None:
    app = crm(BEFORE)
    browser = app.sign_in()
    number = app.program()("POST", "/deals", json={"name": "One", "amount": 1}).json()["data"]["id"]
    address = f"/app/deals/{number}/field/amount"
    page = browser.get(address)
    renamed(app)
    assert app.site.refresh()
    assert browser.get(address).status == 200
    assert send(browser, page, address, amount="8").status_code == 200
    assert record(app, "sales", number)["worth"] == 8
    assert browser.get(f"/app/deals/{number}").status == 200
    assert browser.get("/app/deals").status == 200


def test_a_form_of_a_later_revision_than_the_process_knows_is_read_with_that(
    crm: Callable[..., App],
) -> None:
    app = crm(BEFORE)
    browser = app.sign_in()
    page = browser.get("/app/deals/new")
    renamed(app)
    assert app.site.live.revision == 1
    typed = {"_revision": "2", "name": "One", "worth": "4"}
    done = send(browser, page, "/app/sales/new", **typed)
    assert done.status_code == 200, done.text
    assert record(app, "sales", int(str(done.url).rpartition("/")[2]))["worth"] == 4


def test_a_program_that_began_before_a_rename_is_written_after_it(crm: Callable[..., App]) -> None:
    app = crm(BEFORE)
    rest = app.program()
    renamed(app)
    assert app.site.live.revision == 1
    deal = {"name": "One", "amount": 3, "stage": "won", "items": [{"what": "Chair", "price": 7}]}
    answer = rest("POST", "/deals", json=deal)
    assert answer.status_code == 201, answer.text
    found = answer.json()["data"]
    assert (found["worth"], found["stage"], found["items"][0]["each"]) == (3, "gained", 7)
    batch = {"update": [{"id": found["id"], "amount": 4}], "create": [{"name": "Two", "stage": "won"}]}
    assert rest("POST", "/deals/batch", json=batch).status_code == 404
    answer = rest("POST", "/deals/batch", json=batch, headers={"Trellis-Revision": "1"})
    assert answer.status_code == 200, answer.text
    assert record(app, "sales", found["id"])["worth"] == 4


def test_a_filter_that_is_kept_in_the_moment_of_a_rename_has_the_names_of_now(
    crm: Callable[..., App],
) -> None:
    app = crm(BEFORE)
    browser = app.sign_in()
    builder = row(browser, "/app/deals/filter", "2", "name", "equals", value="Ten")
    renamed(app)
    assert press(browser, builder, "new", name="Mine").status == 200
    with app.site.database.read() as connection:
        (kept,) = connection.execute(select(runtime_tables().saved_filters)).all()
    assert (kept.where, kept.columns) == ("name == 'Ten'", "name,worth")


def test_columns_are_not_kept_by_a_name_that_is_no_more(crm: Callable[..., App]) -> None:
    app = crm(BEFORE)
    browser = app.sign_in()
    chooser = browser.get("/app/deals/columns")
    renamed(app)
    found = {"_csrf": chooser.hidden("_csrf"), "column": ["amount", "name"]}
    assert browser.client.post("/app/deals/columns", data=found).status_code == 400
    with app.site.database.read() as connection:
        assert connection.execute(select(runtime_tables().chosen_columns)).all() == []
