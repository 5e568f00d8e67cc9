"""What an archived user owns: who edits it names an active owner, and nobody is let go by a tick alone."""

from decimal import Decimal

import pytest

from runtime.sites import leaving
from tests.support.crm import App, Browser
from tests.support.mail import send_all
from tests.support.screens import PACK, make, record, submit

SUE, BOB = "sue@example.com", "bob@example.com"


@pytest.fixture
def app(crm) -> App:
    found: App = crm(PACK)
    found.user(SUE, admin=False)
    found.user(BOB, admin=False)
    return found


@pytest.fixture
def admin(app: App) -> Browser:
    return app.sign_in()


def archive(app: App, email: str = SUE) -> None:
    """Let somebody go; what they own stays theirs."""
    who = app.site.live.actor_of(_user(app), "form")
    leaving.deactivate(app.site, who, app.user(email), None, archive=True)


def _user(app: App):
    with app.site.database.read() as connection:
        found = app.site.live.identity.users.by_id(connection, app.user())
    assert found is not None
    return found


def test_an_edit_asks_for_an_owner_who_may_sign_in(app: App, admin: Browser):
    deal = make(app, "deals", name="Chairs", owner=app.user(SUE))
    archive(app)
    page = admin.post(f"/app/deals/{deal}/edit", name="Tables")
    assert page.status == 422
    assert page.error("owner") == "Sue is archived: choose an owner who may sign in."
    page = admin.post(f"/app/deals/{deal}/edit", name="Tables", owner=app.user(BOB), **{"owner:text": "Bob"})
    assert page.path == f"/app/deals/{deal}"
    kept = record(app, "deals", deal)
    assert (kept["name"], kept["owner"]["id"]) == ("Tables", app.user(BOB))


def test_a_form_that_does_not_show_the_owner_shows_it_when_it_is_asked_for(app: App, admin: Browser):
    account = make(app, "accounts", name="Bay", owner=app.user(SUE))
    archive(app)
    at = f"/app/accounts/{account}/edit"
    assert 'name="owner"' not in admin.get(at).text
    page = admin.post(at, city="Oulu")
    assert page.error("owner") == "Sue is archived: choose an owner who may sign in."
    saved = submit(admin, page, {"owner": str(app.user(BOB)), "owner:text": "Bob"})
    assert saved.path == f"/app/accounts/{account}"
    kept = record(app, "accounts", account)
    assert (kept["city"], kept["owner"]["id"]) == ("Oulu", app.user(BOB))


def test_by_rest_too_and_what_changes_nothing_is_not_asked(app: App):
    deal = make(app, "deals", name="Chairs", owner=app.user(SUE), items=[{"product": "Chair"}])
    archive(app)
    program = app.program()
    refused = program("PATCH", f"/deals/{deal}", json={"amount": "5.00"})
    assert refused.status_code == 422
    assert "Sue is archived" in refused.json()["error"]["fields"]["owner"][0]
    rows = record(app, "deals", deal)["items"]
    more = [{"id": rows[0]["id"], "product": "Desk"}]
    assert program("PATCH", f"/deals/{deal}", json={"items": more}).status_code == 422
    assert program("PATCH", f"/deals/{deal}", json={"items": []}).status_code == 422
    assert program("PATCH", f"/deals/{deal}", json={"name": "Chairs"}).status_code == 200
    assert program("POST", "/deals", json={"name": "New", "owner": app.user(SUE)}).status_code == 422
    mine = {"amount": "5.00", "owner": app.user()}
    assert program("PATCH", f"/deals/{deal}", json=mine).status_code == 200


def test_it_is_deleted_restored_and_undone_without_another_owner(app: App):
    deal = make(app, "deals", name="Chairs", owner=app.user(SUE))
    admin = app.sign_in()
    admin.post(f"/app/deals/{deal}/edit", name="Tables")
    archive(app)
    program = app.program()
    assert program("DELETE", f"/deals/{deal}").status_code in (200, 204)
    page = admin.get(f"/app/deals/{deal}")
    submit(admin, page, {}, key=f"/app/deals/{deal}/restore")
    assert record(app, "deals", deal)["name"] == "Tables"


def test_what_a_group_owns_is_edited_by_all(app: App, admin: Browser):
    group = make(app, "groups", name="North", members=[app.user(BOB)])
    deal = make(app, "deals", name="Chairs", owner=group)
    assert admin.post(f"/app/deals/{deal}/edit", name="Tables").path == f"/app/deals/{deal}"


def test_a_tick_lets_nobody_go_who_owns_records(app: App, admin: Browser):
    make(app, "deals", name="Chairs", owner=app.user(SUE))
    make(app, "accounts", name="Bay", owner=app.user(SUE))
    told = "Sue owns records: 2. Say under Sign-in, on the user's card, who gets them, or that they stay."
    page = admin.post(f"/app/users/{app.user(SUE)}/edit", active="false")
    assert (page.status, told in page) == (422, True)
    answer = app.program()("PATCH", f"/users/{app.user(SUE)}", json={"active": False})
    assert (answer.status_code, told in answer.text) == (422, True)
    assert app.sign_in(SUE, admin=False).get("/app").path == "/app"


def test_who_owns_nothing_is_let_go_by_a_tick(app: App, admin: Browser):
    assert admin.post(f"/app/users/{app.user(BOB)}/edit", active="false").status == 200
    assert record(app, "users", app.user(BOB))["active"] is False


def test_records_are_handed_to_nobody_who_was_let_go(app: App, admin: Browser):
    make(app, "deals", name="Chairs", owner=app.user(SUE))
    archive(app, BOB)
    at = f"/admin/users/{app.user(SUE)}"
    given = {"records": "hand", "to": str(app.user(BOB)), "to:text": "Bob"}
    page = submit(admin, at, given, key=f"{at}/leave")
    assert (page.status, "Bob is archived: choose an owner who may sign in." in page) == (422, True)
    assert app.sign_in(SUE, admin=False).get("/app").path == "/app"


def test_a_hand_over_tells_which_records_were_refused_and_why(crm):
    checked = PACK.replace(
        "      rows:\n        items:",
        "      checks: {cheap: {check: amount < 100 or is_empty(amount), message: It is too dear.}}\n"
        "      rows:\n        items:",
    )
    assert checked != PACK
    app: App = crm(checked)
    sue, bob, admin = app.user(SUE, admin=False), app.user(BOB, admin=False), app.sign_in()
    good, bad = (make(app, "deals", name=f"Deal {n}", owner=sue) for n in range(2))
    with app.site.database.write() as tx:
        amount, currency = app.site.live.tables.module("deals").columns["amount"]
        table, dear = amount.table, {amount.name: Decimal(900), currency.name: "EUR"}
        tx.connection.execute(table.update().where(table.c.id == bad).values(dear))
    at = f"/admin/users/{sue}"
    page = submit(admin, at, {"records": "hand", "to": str(bob), "to:text": "Bob"}, key=f"{at}/leave")
    send_all(app)
    page = admin.get(page.path)
    assert "The refused records, with the reasons" in page
    file = page.text.split('href="/app/files/')[1].split("/")[0]
    told = admin.client.get(f"/app/files/{file}/content").text
    assert f"deals,{bad},amount,It is too dear." in told or f"deals,{bad},,It is too dear." in told
    assert f"deals,{good}," not in told
    assert record(app, "deals", good)["owner"]["id"] == bob
    assert record(app, "deals", bad)["owner"]["id"] == sue
