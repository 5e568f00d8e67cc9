"""Looking at the CRM as somebody sees it: an administrator may, changes nothing meanwhile, and is logged."""

from tests.access.office import Office, office
from tests.support.crm import Browser, Page
from tests.support.guarded import events
from tests.support.screens import submit

__all__ = ["office"]


def look(office: Office, admin: Browser, name: str = "sam") -> Page:
    csrf = admin.get("/profile").hidden("_csrf")
    at = f"/admin/users/{office.ids[name]}/act"
    return Page(admin.client.post(at, data={"_csrf": csrf, "do": "look"}))


def test_who_looks_sees_what_the_user_sees_marked_on_every_page_and_logged(office: Office) -> None:
    mine, hers = office.deal("mine", "sam", cost="123.45"), office.deal("hers", "sue")
    admin = office.app.sign_in()
    assert "See the CRM as Sam does" in admin.get("/admin/access?user=sam@example.com")
    assert "See the CRM as Admin does" not in admin.get("/admin/access?user=admin@example.com")
    look(office, admin)
    for path in ("/app", "/app/deals", f"/app/deals/{mine}", f"/app/deals/{mine}/edit", "/profile"):
        page = admin.get(path)
        assert "You see the CRM as Sam does." in page, path
        assert "123.45" not in page.text
    assert admin.get(f"/app/deals/{hers}").status == 404
    assert admin.get("/admin/access").status == 403
    with office.app.site.database.read() as connection:
        assert office.app.site.live.recent.of(connection, office.ids["sam"]) == []
    back = submit(admin, "/app", {}, key="/acting/end")
    assert back.path == "/admin/access"
    assert "What Sam may do" in back
    assert {"looking_began", "looking_ended"} <= set(events(office.app))


def test_who_looks_changes_nothing_by_either_door(office: Office) -> None:
    mine = office.deal("mine", "sam")
    admin = office.app.sign_in()
    look(office, admin)
    csrf = admin.get("/profile").hidden("_csrf")
    for path in (
        f"/app/deals/{mine}/edit",
        f"/app/deals/{mine}/delete",
        f"/app/deals/{mine}/star",
        "/app/deals/new",
        "/app/deals/export",
        "/app/deals/columns",
        "/profile",
        "/theme",
        f"/admin/users/{office.ids['sam']}/act",
    ):
        answer = admin.client.post(path, data={"_csrf": csrf, "name": "x", "_version": "1"})
        assert answer.status_code in (403, 404), path
    for method, path in (("PATCH", f"/deals/{mine}"), ("DELETE", f"/deals/{mine}"), ("POST", "/deals")):
        answer = admin.client.request(
            method, f"/api/v1{path}", json={"name": "x"}, headers={"x-csrf-token": csrf}
        )
        assert answer.status_code == 403, answer.text
    assert office.admin("GET", f"/deals/{mine}").json()["data"]["name"] == "mine"
    assert office.admin("GET", "/deals?count=exact").json()["data"][0]["id"] == mine


def test_nobody_looks_as_an_administrator_and_nobody_else_looks_at_all(office: Office) -> None:
    sam = office.browser("sam")
    assert look(office, sam, "sue").status == 404
    admin, boss = office.app.sign_in(), office.app.user("boss@example.com")
    csrf = admin.get("/profile").hidden("_csrf")
    asked = admin.client.post(f"/admin/users/{boss}/act", data={"_csrf": csrf, "do": "look"})
    assert asked.status_code == 403
