"""A relation to anything: it names a module and a record, shows its title, and follows what becomes of it."""

import pytest

from tests.support.rest import read
from tests.support.screens import make, record, sheet, submit

PACK = """
    schemas/modules/accounts.yaml:
      title: name
      fields: {name: {type: text}}
    schemas/modules/people.yaml:
      plural: People
      title: name
      fields: {name: {type: text}}
      rows: {visits: {module: visits}}
    schemas/modules/visits.yaml:
      fields: {name: {type: text}}
    schemas/modules/notes.yaml:
      title: name
      fields:
        name: {type: text}
        about: {type: any_relation}
        bill: {type: any_relation, modules: [accounts], on_delete: restrict}
    schemas/filters/notes.yaml:
      all: {columns: [name, about, bill], quick: [about]}
"""


@pytest.fixture
def app(crm):
    return crm(PACK)


def test_it_is_written_as_a_module_and_an_id_and_read_with_a_title(app):
    rest, browser = app.program(), app.sign_in()
    acme, ada = make(app, "accounts", name="Acme"), make(app, "people", name="Ada")
    one = make(app, "notes", name="One", about={"module": "accounts", "id": acme})
    make(app, "notes", name="Two", about=f"people:{ada}")
    make(app, "notes", name="Three")
    found = read(rest, "/notes?sort=id")["data"]
    assert [each["about"] for each in found] == [
        {"module": "accounts", "id": acme, "title": "Acme"},
        {"module": "people", "id": ada, "title": "Ada"},
        None,
    ]
    assert [each["name"] for each in read(rest, f"/notes?where=about.id == {ada}")["data"]] == ["Two"]
    assert [each["name"] for each in read(rest, "/notes?where=is_empty(about)")["data"]] == ["Three"]
    again = rest("PATCH", f"/notes/{one}", json=record(app, "notes", one))
    assert again.json()["data"]["version"] == 1
    page = browser.get("/app/notes")
    assert f'href="/app/people/{ada}"' in page.text
    assert f'href="/app/accounts/{acme}"' in browser.get(f"/app/notes/{one}").text


@pytest.mark.parametrize("wrong", ["accounts:999", "visits:1", "users:1"])
def test_what_is_no_record_of_its_modules_is_refused(app, wrong):
    answer = app.program()("POST", "/notes", json={"about": wrong})
    assert answer.status_code == 422
    assert "about" in answer.json()["error"]["fields"]


def test_a_form_picks_over_all_modules_and_takes_a_title_without_javascript(app):
    browser = app.sign_in()
    acme, ada = make(app, "accounts", name="Acme"), make(app, "people", name="Ada")
    options = browser.get("/app/notes/pick/about?q=a&for=about").text
    assert f'data-id="accounts:{acme}"' in options
    assert f'data-id="people:{ada}"' in options
    page = submit(
        browser, "/app/notes/new", {"name": "One", "about": f"people:{ada}"} | {"about:text": "Ada"}
    )
    note = int(page.path.rsplit("/", 1)[1].split("?")[0])
    assert record(app, "notes", note)["about"]["title"] == "Ada"
    assert sheet(browser.get(f"/app/notes/{note}/edit")).values["about"] == [f"people:{ada}"]
    submit(browser, f"/app/notes/{note}/edit", {"name": "Uno"})
    assert record(app, "notes", note)["about"]["title"] == "Ada"
    submit(browser, f"/app/notes/{note}/edit", {"about:text": "Acme"})
    assert record(app, "notes", note)["about"]["module"] == "accounts"
    submit(browser, f"/app/notes/{note}/edit", {"about:text": ""})
    assert record(app, "notes", note)["about"] is None


def test_deleting_the_record_empties_or_is_refused_and_a_restore_brings_the_link_back(app):
    rest = app.program()
    ada, acme = make(app, "people", name="Ada"), make(app, "accounts", name="Acme")
    note = make(app, "notes", name="One", about=f"people:{ada}", bill=f"accounts:{acme}")
    assert rest("DELETE", f"/accounts/{acme}").status_code == 409
    assert rest("DELETE", f"/people/{ada}").status_code in (200, 204)
    assert record(app, "notes", note)["about"] is None
    browser = app.sign_in()
    submit(browser, f"/app/people/{ada}", key=f"/app/people/{ada}/restore")
    assert record(app, "notes", note)["about"] == {"module": "people", "id": ada, "title": "Ada"}
    assert browser.get(f"/app/notes/{note}").status == 200


def test_its_history_tells_titles_also_of_what_a_deletion_emptied(app):
    rest = app.program()
    ada, acme = make(app, "people", name="Ada"), make(app, "accounts", name="Acme")
    note = make(app, "notes", name="One", about=f"people:{ada}")
    rest("PATCH", f"/notes/{note}", json={"about": f"accounts:{acme}"})
    rest("DELETE", f"/accounts/{acme}")
    with app.site.database.read() as connection:
        live = app.site.live
        actor = live.actor_of(live.identity.users.by_id(connection, app.user()), "rest")
        found = live.records.history(connection, actor, live.moment(actor), "notes", note)
    told = [step for each in found for step in each.steps if step.key == "about"]
    texts = [tuple(getattr(value, "title", value) for value in (step.old, step.new)) for step in told]
    assert texts == [("Acme", None), ("Ada", "Acme"), (None, "Ada")]
