"""Tests of what people and programs see of the background: lists, an operation, and how old the queue is."""

from datetime import timedelta
from typing import Any

import pytest

from runtime.base.messages import message, to_json
from runtime.identity.actor import SYSTEM, Actor
from runtime.storage.operations import StoredOperation
from tests.support.crm import App

PACK = """
    schemas/modules/items.yaml:
      title: name
      fields:
        name: {type: text, required: true}
"""
LEASE = timedelta(seconds=60)


@pytest.fixture
def app(crm: Any) -> App:
    made: App = crm(PACK)
    return made


def start(app: App, about: str, user: int | None = None) -> int:
    actor = SYSTEM if user is None else Actor(user)
    with app.site.database.write() as tx:
        return app.site.background.start(tx, "import", {}, actor, about)


def claim(app: App) -> StoredOperation:
    with app.site.database.write() as tx:
        found = app.site.background.operations.claim(tx, "test", LEASE)
    assert found is not None
    return found


def finish(app: App, operation: StoredOperation, **ended: Any) -> None:
    with app.site.database.write() as tx:
        app.site.background.operations.finish(tx, operation, **ended)


def test_everybody_sees_what_is_theirs_and_administrators_see_everything(app: App):
    seller, admin = app.user("seller@example.com", admin=False), app.user()
    start(app, "mine.csv", seller)
    start(app, "theirs.csv", admin)
    start(app, "by-itself.csv")
    page = app.sign_in("seller@example.com", admin=False).get("/operations")
    assert "mine.csv" in page
    assert "theirs.csv" not in page
    assert "by-itself.csv" not in page
    page = app.sign_in().get("/admin/operations")
    assert all(name in page for name in ("mine.csv", "theirs.csv", "by-itself.csv", "Seller", "The system"))
    assert app.sign_in("seller@example.com", admin=False).get("/admin/operations").status == 403


def test_a_list_looks_again_only_while_something_is_under_way(app: App):
    admin = app.user()
    browser = app.sign_in()
    assert "Nothing has been done" in browser.get("/operations")
    start(app, "big.csv", admin)
    operation = claim(app)
    with app.site.database.write() as tx:
        values = {"done": 30, "total": 120, "text": to_json(message("{n} rows", n=30))}
        app.site.background.operations.keep(tx, operation, LEASE, values)
    page = browser.get("/operations")
    assert "30 rows" in page
    assert "Running" in page
    assert 'hx-trigger="every 2s"' in page.text
    assert 'value="25"' in page.text
    part = browser.get("/operations", hx_request="true", hx_request_type="partial")
    assert "<html" not in part.text
    assert 'id="rows"' in part.text
    error = to_json(message("The file is not there any more."))
    finish(app, operation, state="failed", error=error)
    page = browser.get("/operations")
    assert "The file is not there any more." in page
    assert "hx-trigger" not in page.text.split('id="rows"')[1].split(">")[0]


def test_a_list_has_pages(app: App):
    admin = app.user()
    for number in range(52):
        start(app, f"file {number:02}", admin)
    browser = app.sign_in()
    first = browser.get("/operations")
    assert "file 51" in first
    assert "file 01" not in first
    older = first.text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert "file 01" in browser.get(older)
    assert browser.get("/operations?before=x").status == 200


def test_a_program_follows_its_operation(app: App):
    admin = app.user()
    program = app.program()
    number = start(app, "big.csv", admin)
    waiting = program("GET", f"/api/operations/{number}").json()["data"]
    assert (waiting["state"], waiting["kind"], waiting["percent"]) == ("queued", "import", None)
    operation = claim(app)
    result = {"counts": {"created": 3}, "files": {"errors": 77}}
    finish(app, operation, state="done", result=result)
    done = program("GET", f"/api/operations/{number}").json()["data"]
    assert (done["state"], done["percent"], done["counts"]) == ("done", 100, {"created": 3})
    assert done["files"] == {"errors": {"id": 77, "content": "/api/v1/files/77/content"}}
    assert program("GET", "/api/operations/999999999").status_code == 404


def test_nobody_follows_what_is_anothers(app: App):
    number = start(app, "theirs.csv", app.user())
    app.user("seller@example.com", admin=False)
    assert app.program("seller@example.com")("GET", f"/api/operations/{number}").status_code == 404


def test_the_health_check_tells_how_long_the_queue_has_waited(app: App, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("runtime.web.health.AGE", 0.0)
    monkeypatch.setattr("runtime.web.health.PATIENCE", 20.0)
    client = app.client()
    assert client.get("/health").json() == {
        "status": "ok",
        "revision": 1,
        "queue": {"waiting_seconds": 0.0},
    }
    start(app, "big.csv")
    assert client.get("/health").json()["queue"]["waiting_seconds"] > 0
    claim(app)
    assert client.get("/health").json()["queue"]["waiting_seconds"] == 0.0
