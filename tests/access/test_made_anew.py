"""What is deleted and made anew under the same name inherits no right of what was there before."""

from collections.abc import Callable
from pathlib import Path

import pytest

from runtime.change.apply import Applied, apply
from runtime.change.purge import purge
from runtime.identity.api_keys import KeyLimits
from runtime.records.saved_filters import SavedFilter
from runtime.sites.changing import propose_rollback
from runtime.sites.keys import add_key
from tests.support.contacts import come_in, portal_of
from tests.support.crm import App, Browser, Program

DEALS = """
label: Deal
plural: Deals
title: name
fields: {name: {type: text, max: 100}, secret: {type: text, max: 100}, mail: {type: email}}
"""
PACK = f"""
schemas/modules/deals.yaml:
{"".join(f"  {line}{chr(10)}" for line in DEALS.strip().splitlines())}
schemas/modules/notes.yaml:
  fields: {{name: {{type: text, max: 100}}}}
schemas/access/roles.yaml:
  boss: {{label: Boss, profiles: [all]}}
  seller: {{under: boss, profiles: [all]}}
schemas/access/profiles/all.yaml:
  modules: {{"*": {{read: true, create: true, update: true, delete: true}}}}
schemas/access/sharing.yaml:
  default: {{deals: private, "*": write}}
"""
MODULE = Path("schemas/modules/deals.yaml")
ROLES = Path("schemas/access/roles.yaml")
SAM, SUE = "sam@example.com", "sue@example.com"


@pytest.fixture
def app(crm: Callable[..., App]) -> App:
    made = crm(PACK)
    admin = made.program()
    for email, role in ((SAM, "seller"), (SUE, "boss")):
        made.user(email, admin=False)
        assert admin("PATCH", f"/users/{made.user(email)}", json={"role": role}).status_code == 200
    return made


def write(app: App, changed: dict[Path, str | None]) -> Applied:
    """Write files of the pack anew, or take them away, and apply it."""
    for path, text in changed.items():
        if text is None:
            (app.folder / path).unlink()
        else:
            (app.folder / path).write_text(text, encoding="utf-8")
    done = app.site.apply_pack(accept_lossy=True)
    assert isinstance(done, Applied), done
    return done


def anew(app: App) -> None:
    """Take the module of deals out with its records for good, and make another one of its name."""
    sharing = Path("schemas/access/sharing.yaml")
    text = (app.folder / sharing).read_text(encoding="utf-8")
    write(app, {MODULE: None, sharing: text.replace("deals: private, ", "")})
    assert purge(app.site.database, app.site.clock, None, ["deals"]) is not None
    app.site.refresh()
    write(app, {MODULE: DEALS, sharing: text})


def go_back(app: App, revision: int) -> None:
    """Apply an earlier revision's text."""
    proposal, site, house = propose_rollback(app.site, revision), app.site, app.house
    assert proposal.back_to is not None
    layers, catalog = proposal.back_to.layers, proposal.catalog
    done = apply(site.database, catalog, layers, house.types, site.clock, back_to=proposal.back_to)
    assert isinstance(done, Applied), done
    site.refresh()


def status(asked: Program | Browser, path: str) -> int:
    """What is answered at an address."""
    return asked("GET", path).status_code if isinstance(asked, Program) else asked.get(path).status


def kept(app: App, **shared: str) -> str:
    """A filter of the admin's for deals, shared with somebody; gives its key."""
    circles = frozenset(f"{kind}:{whom}" for kind, whom in shared.items())
    made = SavedFilter(0, app.user(), "deals", "Mine", "secret == 'x'", (), "", circles)
    with app.site.database.write() as tx:
        return app.site.live.saved_filters.add(tx, made).key


def sees_filter(app: App, email: str, key: str) -> bool:
    """Whether somebody finds a filter."""
    live = app.site.live
    with app.site.database.read() as connection:
        user = live.identity.users.by_id(connection, app.user(email))
        assert user is not None
        return live.saved_filters.find(connection, live.actor_of(user, "form"), "deals", key) is not None


def test_nobody_has_a_role_that_comes_anew_before_it_is_given_again(app: App) -> None:
    key = kept(app, role="seller")
    program, browser = app.program(SAM), app.sign_in(SAM, admin=False)
    assert (status(program, "/deals"), status(browser, "/app/deals"), sees_filter(app, SAM, key)) == (
        200,
        200,
        True,
    )
    text = (app.folder / ROLES).read_text(encoding="utf-8")
    write(app, {ROLES: "boss: {label: Boss, profiles: [all]}\n"})
    assert (status(program, "/deals"), status(browser, "/app/deals")) == (404, 404)
    done = write(app, {ROLES: text})
    told = "Take the role seller from those who had one of this name before: it is another one now."
    assert told in [step.what for step in done.plan.steps]
    assert (status(program, "/deals"), status(browser, "/app/deals")) == (404, 404)
    assert app.program()("GET", f"/users/{app.user(SAM)}").json()["data"]["role"] is None
    app.program()("PATCH", f"/users/{app.user(SAM)}", json={"role": "seller"})
    assert status(program, "/deals") == 200
    assert not sees_filter(app, SAM, key)
    assert status(app.program(SUE), "/deals") == 200, "who has a role that stayed has it"


def test_a_rollback_gives_a_role_back_to_those_who_had_it(app: App) -> None:
    program = app.program(SAM)
    write(app, {ROLES: "boss: {label: Boss, profiles: [all]}\n"})
    assert status(program, "/deals") == 404
    go_back(app, 1)
    assert status(program, "/deals") == 200


def test_a_key_that_was_narrowed_to_a_module_opens_no_other_one_of_its_name(app: App) -> None:
    tables = app.site.live.tables
    limits = KeyLimits(modules=(tables.module("deals").table.name, tables.module("notes").table.name))
    with app.site.database.write() as tx:
        keys = app.site.live.identity.api_keys
        text = keys.create(tx.connection, tx.allocate_ids(1)[0], app.user(SUE), "narrow", limits)
    program = Program(app.client(), text)
    assert (status(program, "/deals"), status(program, "/notes")) == (200, 200)
    anew(app)
    assert (status(program, "/deals"), status(program, "/notes")) == (404, 200)
    assert status(app.program(SUE), "/deals") == 200


def test_a_filter_of_a_module_is_no_filter_of_another_one_of_its_name(app: App) -> None:
    key = kept(app, role="seller")
    anew(app)
    assert not sees_filter(app, SAM, key)
    assert "Mine" not in app.sign_in(SAM, admin=False).get("/app/deals")


def test_a_portal_s_contact_is_no_record_of_another_module_of_the_same_name(app: App) -> None:
    assert app.program()("POST", "/deals", json={"mail": "carl@example.com"}).status_code == 201
    with portal_of(app, "deals", "mail"):
        browser, answered = come_in(app, "carl@example.com")
    assert (answered, browser.get("/app").status) == (303, 403)
    anew(app)
    assert browser.get("/app").path == "/signin"


def test_a_group_that_is_made_anew_has_nothing_that_was_shared_with_the_one_before(app: App) -> None:
    admin = app.program()
    sam = {"id": app.user(SAM)}

    def group() -> int:
        answer = admin("POST", "/groups", json={"name": "Desk", "members": [sam]})
        assert answer.status_code == 201, answer.text
        return int(answer.json()["data"]["id"])

    first = group()
    ids = [
        admin("POST", "/deals", json={"name": name, "owner": owner}).json()["data"]["id"]
        for name, owner in (("By hand", app.user()), ("Its own", first))
    ]
    shared = app.sign_in().post(f"/app/deals/{ids[0]}/share", to=str(first), level="read")
    assert shared.status == 200, shared.text
    key = kept(app, group=str(first))
    program = app.program(SAM)
    assert [status(program, f"/deals/{number}") for number in ids] == [200, 200]
    assert sees_filter(app, SAM, key)
    answer = admin("PATCH", f"/deals/{ids[1]}", json={"owner": app.user()})
    assert answer.status_code == 200
    assert admin("DELETE", f"/groups/{first}").status_code == 204
    assert group() != first
    assert [status(program, f"/deals/{number}") for number in ids] == [404, 404]
    assert not sees_filter(app, SAM, key)


def test_a_user_who_is_made_anew_has_nothing_of_the_one_before(app: App) -> None:
    admin, number = app.program(), app.user(SUE)
    browser, program = app.sign_in(SUE, admin=False), app.program(SUE)
    deal = admin("POST", "/deals", json={"name": "Hers", "owner": number}).json()["data"]["id"]
    shared = app.sign_in().post(f"/app/deals/{deal}/share", to=str(number), level="read")
    assert shared.status == 200, shared.text
    admin("PATCH", f"/deals/{deal}", json={"owner": app.user()})
    assert status(program, f"/deals/{deal}") == 200
    assert admin("DELETE", f"/users/{number}").status_code == 204
    new = admin("POST", "/users", json={"name": "Sue", "email": SUE, "role": "seller"})
    assert new.status_code == 201, new.text
    assert (status(program, "/deals"), browser.get("/app").path) == (401, "/signin")
    sue = Program(app.client(), add_key(app.site, new.json()["data"]["id"], "hers"))
    assert (status(sue, "/deals"), status(sue, f"/deals/{deal}")) == (200, 404)
    with app.site.database.read() as connection:
        kept = app.site.live.identity.credentials.of(connection, new.json()["data"]["id"])
    assert kept is None


def test_a_field_that_rights_are_said_of_cannot_go_and_leave_them_behind(app: App) -> None:
    profile = Path("schemas/access/profiles/all.yaml")
    said = (app.folder / profile).read_text(encoding="utf-8")
    write(app, {profile: f"{said}fields: {{deals.secret: {{read: false}}}}\n"})
    (app.folder / MODULE).write_text(DEALS.replace("secret: {type: text, max: 100}, ", ""), encoding="utf-8")
    refused = app.site.apply_pack(accept_lossy=True)
    assert not isinstance(refused, Applied)
    assert "secret" in app.site.live.catalog.modules["deals"].fields
