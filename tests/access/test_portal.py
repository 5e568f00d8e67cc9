"""Contacts of the portal: principals like others, of whom every door of users refuses every one."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from runtime.identity.actor import NOBODY, SYSTEM, Actor, Contact
from runtime.storage.query import Query
from runtime.storage.runtime_tables import runtime_tables
from tests.access.test_policies import SEALED, addresses
from tests.support.contacts import come_in, portal_of
from tests.support.crm import App, Browser
from tests.support.guarded import events

PLAIN = """
schemas/modules/deals.yaml:
  fields: {name: {type: text, max: 100}, mail: {type: email}}
"""
WITH_RIGHTS = f"""{PLAIN}
schemas/access/roles.yaml:
  boss: {{label: Boss, profiles: [all]}}
schemas/access/profiles/all.yaml:
  modules: {{"*": {{read: true, create: true, update: true}}}}
schemas/access/sharing.yaml:
  default: {{"*": write}}
"""
CARL = "carl@example.com"


@pytest.fixture(params=[PLAIN, WITH_RIGHTS], ids=["no profiles", "profiles"])
def app(crm: Callable[..., App], request: pytest.FixtureRequest) -> Iterator[App]:
    made = crm(request.param)
    with portal_of(made, "deals", "mail"):
        yield made


def contact(app: App, email: str = CARL) -> int:
    """A record with somebody's address."""
    answer = app.program()("POST", "/deals", json={"name": "Carl", "mail": email})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["data"]["id"])


def signed_in(app: App) -> Browser:
    """The contact's browser."""
    contact(app)
    browser, status = come_in(app, CARL)
    assert status == 303
    return browser


def test_a_contact_comes_in_and_every_page_of_users_refuses_them(app: App) -> None:
    browser = signed_in(app)
    csrf = browser.get("/app").hidden("_csrf")
    for method, path in addresses():
        if path in ("/", "/signout") or path.startswith(("/signin", *SEALED)):
            continue
        data = {"_csrf": csrf} if method == "POST" else None
        answer = browser.client.request(method, path, follow_redirects=False, data=data)
        assert answer.status_code == 403, (method, path, answer.status_code)
    assert events(app)[-1] == "refused"


def test_a_contact_s_page_of_refusal_has_no_menu_and_signs_out(app: App) -> None:
    browser = signed_in(app)
    page = browser.get("/app")
    assert page.status == 403
    assert "There is nothing here for contacts of the portal yet." in page
    assert 'href="/search"' not in page.text
    done = browser.client.post("/signout", data={"_csrf": page.hidden("_csrf")}, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, "/signin")
    assert browser.get("/app").path == "/signin"


def test_a_contact_s_form_needs_the_token_of_its_session(app: App) -> None:
    browser = signed_in(app)
    assert browser.client.post("/signout", data={"_csrf": "x"}).status_code == 403
    assert browser.get("/app").status == 403


def test_rest_refuses_a_contact_s_browser(app: App) -> None:
    browser = signed_in(app)
    csrf = {"x-csrf-token": browser.get("/app").hidden("_csrf")}
    for path in ("/api/v1/deals", "/api/v1/users", "/api/v1/openapi.json", "/api/operations/1"):
        assert browser.client.get(path, headers=csrf).status_code == 403, path
    assert browser.client.post("/api/v1/deals", json={"name": "x"}, headers=csrf).status_code == 403


def test_nobody_comes_in_who_is_no_contact_or_one_of_two(app: App) -> None:
    contact(app, "two@example.com")
    contact(app, "two@example.com")
    for email in ("eve@example.com", "two@example.com", "admin@example.com", " "):
        browser, status = come_in(app, email)
        assert status == 403, email
        assert browser.get("/app").path == "/signin"


def test_a_deleted_contact_is_out_at_the_next_request(app: App) -> None:
    browser = signed_in(app)
    found = app.program()("GET", f"/deals?where=mail == '{CARL}'").json()["data"][0]
    assert browser.get("/app").status == 403
    assert app.program()("DELETE", f"/deals/{found['id']}").status_code == 204
    assert browser.get("/app").path == "/signin"


def test_a_contact_s_session_is_no_user_s(app: App) -> None:
    browser = signed_in(app)
    table = runtime_tables().sessions
    with app.site.database.read() as connection:
        row = connection.execute(select(table).where(table.c.portal.is_not(None))).one()
        token = next(iter(browser.client.cookies.values()))
        assert app.site.live.identity.visitors.find(connection, token) is None
        assert app.site.live.identity.users.by_id(connection, row.user_id) is None


def test_the_judge_gives_a_contact_no_right_at_all(app: App) -> None:
    live = app.site.live
    judge, carl = live.judge, Actor(None, contact=Contact("deals", 1))
    assert not judge.enters(carl).allowed
    for module in live.catalog.modules.values():
        for right in ("read", "create", "update", "delete", "export", "import", "mass_edit"):
            assert not judge.may(carl, module.key, right).allowed, (module.key, right)
    sight = judge.sight(carl)
    assert sight is not None
    assert not sight.modules
    assert not judge.menu(carl, ())
    assert not judge.tool(carl, "deals", "x")


def test_who_is_not_signed_in_would_find_nothing_behind_the_doors_either(app: App) -> None:
    number = contact(app)
    live = app.site.live
    everything, nothing = (live.seen_by(each) for each in (SYSTEM, NOBODY))
    with app.site.database.read() as connection:
        assert everything.reader.titles(connection, "deals", [number]) == {number: "Carl"}
        assert nothing.reader.titles(connection, "deals", [number], live.moment(NOBODY)) == {}
        found = nothing.reader.page(connection, Query("deals", limit=10), live.moment(NOBODY))
    assert found.rows == ()
    assert not nothing.catalog.menu
