"""A secret is kept encrypted, can be replaced and removed, and is told to nobody by any door."""

import pytest
from sqlalchemy import select, text

from tests.support.rest import read
from tests.support.screens import submit

TOKEN = "tok-0123456789-Ää"
PACK = """
    schemas/modules/links.yaml:
      title: name
      fields:
        name: {type: text}
        token: {type: secret}
    schemas/filters/links.yaml:
      all: {columns: [name, token], quick: [token]}
"""


@pytest.fixture
def app(crm):
    return crm(PACK)


def kept(app, link):
    with app.site.database.read() as connection:
        return connection.execute(text(f"SELECT token FROM links WHERE id = {link}")).scalar()


def everything(app):
    with app.site.database.read() as connection:
        tables = app.site.live.tables.metadata.sorted_tables
        return "".join(str(row) for table in tables for row in connection.execute(select(table)))


def test_a_secret_is_encrypted_and_only_the_program_opens_it(app):
    rest = app.program()
    made = rest("POST", "/links", json={"name": "A", "token": TOKEN}, headers={"Idempotency-Key": "k1"})
    assert made.status_code == 201
    assert "token" not in made.json()["data"]
    link = made.json()["data"]["id"]
    assert TOKEN not in everything(app)
    assert app.site.live.sealer.open(kept(app, link)) == TOKEN
    first = kept(app, link)
    assert rest("PATCH", f"/links/{link}", json={"token": TOKEN}).status_code == 200
    assert kept(app, link) != first


def test_no_door_gives_it_and_nothing_is_found_by_it(app):
    rest, browser = app.program(), app.sign_in()
    link = rest("POST", "/links", json={"name": "A", "token": TOKEN}).json()["data"]["id"]
    assert "token" not in read(rest, f"/links/{link}")["data"]
    assert "token" not in read(rest, "/links")["data"][0]
    for wrong in (
        "fields=token",
        "sort=token",
        "group=token&value=count()",
        "where=token == 'tok'",
        "where=contains(token, 'tok')",
        "where=token in ['a']",
        "where=token == token",
    ):
        answer = rest("GET", f"/links?{wrong}")
        assert answer.status_code in (400, 422), (wrong, answer.text)
        assert TOKEN not in answer.text
    assert len(read(rest, "/links?where=not is_empty(token)")["data"]) == 1
    for page in (f"/app/links/{link}", f"/app/links/{link}/edit", "/app/links", "/app/links?token=true"):
        found = browser.get(page)
        assert found.status == 200
        assert TOKEN not in found.text
        assert kept(app, link) not in found.text
    assert "Set" in browser.get(f"/app/links/{link}")


def test_a_form_keeps_replaces_and_removes_it(app):
    browser, rest = app.sign_in(), app.program()
    link = rest("POST", "/links", json={"name": "A", "token": TOKEN}).json()["data"]["id"]
    edit = f"/app/links/{link}/edit"
    submit(browser, edit, {"name": "B"})
    assert app.site.live.sealer.open(kept(app, link)) == TOKEN
    submit(browser, edit, {"token": "another one"})
    assert app.site.live.sealer.open(kept(app, link)) == "another one"
    refused = submit(browser, edit, {"token": "y" * 4001})
    assert refused.status == 422
    assert "yyyy" not in refused.text
    submit(browser, edit, {"token:clear": "yes"})
    assert kept(app, link) is None
