"""The life of a user: invited, copied, acted as, deactivated; by administrators, and logged each time."""

import html
import re

import pytest

from tests.support.crm import PASSWORD, App, Browser, Page
from tests.support.guarded import URL, events, sign_in
from tests.support.mail import Postbox, mail_server, send_all
from tests.support.screens import PACK, make, record, submit

SUE, BOB = "sue@example.com", "bob@example.com"
NEW = "plenty of new words"


@pytest.fixture
def box():
    with mail_server() as found:
        yield found


@pytest.fixture
def app(crm, box: Postbox) -> App:
    found: App = crm(PACK, settings={"TRELLIS_MAIL": box.address, "TRELLIS_URL": URL})
    found.user(SUE, admin=False)
    return found


@pytest.fixture
def admin(app: App) -> Browser:
    return app.sign_in()


def doors(app: App, email: str = SUE) -> str:
    return f"/admin/users/{app.user(email)}"


def do(admin: Browser, at: str, what: str = "", **values: object) -> Page:
    """Press a button of a user's page."""
    token = admin.get("/profile").hidden("_csrf")
    given = {"do": what} if what and not what.startswith("/") else {}
    path = at + (what if what.startswith("/") else "")
    return Page(admin.client.post(path, data={"_csrf": token, **given, **values}))


def choose(app: App, link: str) -> Browser:
    browser = Browser(app.client())
    submit(browser, browser.get(link), {"new": NEW, "again": NEW}, key="/signin/password")
    return browser


def test_who_is_invited_chooses_a_password_by_the_mailed_link_once(app: App, admin: Browser, box: Postbox):
    admin.post("/app/users/new", name="Eve", email="eve@example.com")
    eve = app.site.live.identity.users
    with app.site.database.read() as connection:
        user = eve.by_email(connection, "eve@example.com")
    assert user is not None
    assert "A link is on its way to eve@example.com." in do(admin, f"/admin/users/{user.id}", "invite")
    send_all(app)
    assert box.mails[-1]["To"] == "eve@example.com"
    link = box.link()
    choose(app, link)
    assert sign_in(app, "eve@example.com", NEW)[1].path == "/app"
    assert "works no more" in Browser(app.client()).get(link)
    assert "invited" in events(app)


def test_a_site_without_mail_shows_the_link_once_and_never_another_administrator_s(crm):
    app = crm(PACK)
    app.user(SUE, admin=False)
    admin = app.sign_in()
    page = do(admin, doors(app), "invite")
    found = re.search(r'class="guard-key"[^>]*>https?://[^/]+(/[^<]+)<', page.text)
    assert found is not None
    choose(app, html.unescape(found[1]))
    assert sign_in(app, SUE, NEW)[1].path == "/app"
    app.user("boss@example.com")
    page = do(admin, doors(app, "boss@example.com"), "invite")
    assert (page.status, "guard-key" in page.text) == (422, False)


def test_an_administrator_acts_as_a_user_marked_on_every_page_and_logged(app: App, admin: Browser):
    before = dict(admin.client.cookies)
    do(admin, doors(app), "/act")
    assert dict(admin.client.cookies) != before
    for path in ("/app", "/app/deals", "/profile", "/search?q=x", "/app/deals/new"):
        assert "You act as Sue." in admin.get(path), path
    assert admin.get("/admin/setup").status == 403
    deal = make(app, "deals", name="Chairs")
    admin.post(f"/app/deals/{deal}/edit", name="Tables")
    log = admin.get(f"/app/deals/{deal}?tab=history")
    assert "Sue, by Admin" in log
    page = submit(admin, "/app", {}, key="/acting/end")
    assert page.path == doors(app)
    assert "You act as" not in admin.get("/app")
    assert admin.get("/admin/setup").status == 200
    assert {"acting_began", "acting_ended"} <= set(events(app))


def test_nobody_acts_as_an_administrator_and_nobody_else_acts_at_all(app: App, admin: Browser):
    app.user("boss@example.com")
    assert do(admin, doors(app, "boss@example.com"), "/act").status == 403
    assert do(admin, doors(app, "admin@example.com"), "/act").status == 403
    app.user(BOB, admin=False)
    bob = app.sign_in(BOB, admin=False)
    assert do(bob, doors(app), "/act").status == 404
    do(admin, doors(app), "/act")
    assert do(admin, doors(app, BOB), "/act").status == 404
    assert "You act as Sue." in admin.get("/app")


def test_who_acts_touches_neither_password_nor_keys_nor_second_step(app: App, admin: Browser):
    do(admin, doors(app), "/act")
    for path, values in (
        ("/profile/second-step", {"do": "mail", "password": PASSWORD}),
        ("/profile/keys", {"label": "Mine", "password": PASSWORD}),
        ("/profile/sessions/end", {"session": "others"}),
    ):
        assert do(admin, path, **values).status == 403, path
    page = do(admin, "/profile/password", current=PASSWORD, new=NEW, again=NEW)
    assert page.status == 422
    assert sign_in(app, SUE)[1].path == "/app"


def test_acting_ends_with_the_administrator_s_rights(app: App, admin: Browser):
    app.user("boss@example.com")
    do(admin, doors(app), "/act")
    boss = app.sign_in("boss@example.com")
    boss.post(f"/app/users/{app.user()}/edit", admin="")
    assert admin.get("/app").path == "/signin"


def test_who_leaves_is_out_at_once_and_the_records_get_another_owner(app: App, admin: Browser):
    sue = app.sign_in(SUE, admin=False)
    deals = [make(app, "deals", name=f"Deal {n}", owner=app.user(SUE)) for n in range(3)]
    account = make(app, "accounts", name="Bay", owner=app.user(SUE))
    page = admin.get(doors(app))
    assert "Deals 3" in page
    refused = do(admin, doors(app), "/leave", records="hand")
    assert "Choose who gets the records" in refused
    assert sue.get("/app").path == "/app"
    started = do(admin, doors(app), "/leave", records="hand", to=str(app.user(BOB, admin=False)))
    assert started.path.startswith("/operations/")
    assert sue.get("/app").path == "/signin"
    assert sign_in(app, SUE)[1].status == 422
    send_all(app)
    told = re.sub(r"<[^>]+>|\s+", "", admin.get(started.path).text)
    assert ("Updated4" in told, "Refused0" in told) == (True, True)
    assert {record(app, "deals", deal)["owner"]["id"] for deal in deals} == {app.user(BOB)}
    assert record(app, "accounts", account)["owner"]["id"] == app.user(BOB)
    assert "user_left" in events(app)


def test_records_may_stay_with_an_archived_user_who_may_come_back(app: App, admin: Browser):
    deal = make(app, "deals", name="Chairs", owner=app.user(SUE))
    do(admin, doors(app), "/leave", records="keep")
    assert record(app, "deals", deal)["owner"]["id"] == app.user(SUE)
    assert sign_in(app, SUE)[1].status == 422
    do(admin, doors(app), "activate")
    assert sign_in(app, SUE)[1].path == "/app"


def test_a_session_from_before_does_not_come_back_with_its_user(app: App, admin: Browser):
    sue = app.sign_in(SUE, admin=False)
    do(admin, doors(app), "/leave", records="keep")
    do(admin, doors(app), "activate")
    assert sue.get("/app").path == "/signin"


def test_the_last_administrator_stays_one(app: App, admin: Browser):
    page = admin.post(f"/app/users/{app.user()}/edit", admin="")
    assert "One administrator who may sign in must be left" in page
    assert do(admin, doors(app, "admin@example.com"), "/leave", records="keep").status == 422
    assert app.program()("DELETE", f"/users/{app.user()}").status_code in (409, 422)
    assert admin.get("/admin/setup").status == 200


def test_a_user_is_made_after_another_one(app: App, admin: Browser):
    sue = app.user(SUE)
    admin.post(f"/app/users/{sue}/edit", timezone="America/New_York", date_format="iso")
    group = make(app, "groups", name="North", members=[sue])
    page = do(admin, doors(app), "/copy", name="Eve", email="eve@example.com")
    assert page.path.startswith("/admin/users/")
    made = int(page.path.rsplit("/", 1)[1])
    values = record(app, "users", made)
    assert (values["timezone"], values["name"], values["admin"]) == ("America/New_York", "Eve", False)
    with app.site.database.read() as connection:
        eve = app.site.live.identity.users.by_id(connection, made)
    assert eve is not None
    assert eve.groups == (group,)
    again = do(admin, doors(app), "/copy", name="Eve", email="eve@example.com")
    assert again.status == 422


def test_a_lost_second_step_is_taken_away_and_all_browsers_signed_out(app: App, admin: Browser):
    sue = app.sign_in(SUE, admin=False)
    with app.site.database.write() as tx:
        app.site.live.identity.factors.use_mail(tx.connection, app.user(SUE))
    do(admin, doors(app), "second_step")
    do(admin, doors(app), "sign_out")
    assert sue.get("/app").path == "/signin"
    assert sign_in(app, SUE)[1].path == "/app"


def test_nobody_but_an_administrator_sees_a_user_s_doors(app: App):
    sue = app.sign_in(SUE, admin=False)
    assert sue.get(doors(app)).status == 404
    assert "Sign-in of" not in sue.get(f"/app/users/{app.user(SUE)}")


def test_other_rights_hold_from_the_next_request_on_under_another_token(app: App, admin: Browser):
    sue = app.sign_in(SUE, admin=False)
    old = sue.client.cookies["trellis_session"]
    assert sue.get("/admin/setup").status == 403
    admin.post(f"/app/users/{app.user(SUE)}/edit", admin="true")
    assert sue.get("/app/deals/99999").status == 404
    page = sue.get("/admin/setup")
    assert page.status == 200
    new = sue.client.cookies["trellis_session"]
    assert new != old
    stolen = Browser(app.client())
    stolen.client.cookies.set("trellis_session", old)
    assert stolen.get("/app").path == "/signin"
    assert submit(sue, page, {}, key="/signout").path == "/signin"
    again = app.sign_in(SUE)
    admin.post(f"/app/users/{app.user(SUE)}/edit", admin="")
    assert again.get("/admin/setup").status == 403


def test_a_role_is_shown_and_chosen_by_what_it_is_called(crm):
    roles = """
    schemas/access/roles.yaml:
      boss: {label: {en: The boss, fi: Pomo}, profiles: [all]}
      seller: {label: A seller, under: boss, profiles: [all]}
    schemas/access/profiles/all.yaml:
      modules: {"*": {read: true}}
"""
    app = crm(PACK + roles)
    admin = app.sign_in()
    sue = f"/app/users/{app.user(SUE, admin=False)}"
    form = admin.get(f"{sue}/edit")
    assert '<option value="seller">A seller</option>' in form.text
    submit(admin, form, {"role": "seller"})
    assert "A seller" in admin.get(sue)
    assert '<option value="seller" selected>A seller</option>' in admin.get(f"{sue}/edit").text
    assert "A seller" in admin.get("/app/users?_columns=name,role")


def test_a_role_is_typed_while_the_configuration_has_none(admin: Browser):
    assert '<select id="role"' not in (page := admin.get("/app/users/new").text)
    assert 'name="role"' in page
