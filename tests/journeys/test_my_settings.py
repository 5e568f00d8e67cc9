"""My settings: how one is reached, where one is, and what one wants to be told; each one's own, and kept."""

from textwrap import dedent

import pytest

from tests.support.crm import App, Browser, Page
from tests.support.screens import PACK, make, record, submit

SUE = "sue@example.com"
FINNISH = """pack.yaml:
  title: Testi
  version: 1.0.0
  languages: [fi]
  currency: EUR
  timezone: Europe/Helsinki
"""
ROLES = """
    schemas/access/roles.yaml:
      seller: {profiles: [sales]}
    schemas/access/profiles/sales.yaml:
      modules: {deals: {read: true}}
      fields: {users.phone: {read: false}}
"""


@pytest.fixture
def app(crm) -> App:
    found: App = crm(PACK)
    return found


@pytest.fixture
def sue(app: App) -> Browser:
    return app.sign_in(SUE, admin=False)


def save(browser: Browser, **values: object) -> Page:
    return submit(browser, "/profile", values, key="/profile")


def test_how_one_is_reached_and_what_one_is_told_is_kept(app: App, sue: Browser):
    page = save(
        sue,
        phone="+358 40 123 4567",
        mobile="(5) 555-4729",
        country="FI",
        alert_days="3",
        daily_mail="true",
        note_alert="both",
    )
    assert (page.status, page.path) == (200, "/profile")
    kept = record(app, "users", app.user(SUE))
    told = {
        "phone": "+358401234567",
        "mobile": "(5) 555-4729",
        "country": "FI",
        "alert_days": 3,
        "daily_mail": True,
        "note_alert": "both",
    }
    assert {key: kept[key] for key in told} == told
    again = sue.get("/profile").text
    assert 'value="+358401234567"' in again
    assert '<option value="FI" selected>Finland</option>' in again
    assert '<option value="both" selected>By mail and by an alert</option>' in again
    assert " checked>" in again


def test_what_was_said_is_taken_back(app: App, sue: Browser):
    save(sue, phone="+358 40 123 4567", country="FI", alert_days="3", daily_mail="true", note_alert="mail")
    save(sue, phone="", country="", alert_days="", daily_mail="false", note_alert="")
    kept = record(app, "users", app.user(SUE))
    assert [kept[key] for key in ("phone", "country", "alert_days", "note_alert")] == [None] * 4
    assert kept["daily_mail"] is False


def test_what_cannot_be_is_refused_at_its_field_and_shown_again(app: App, sue: Browser):
    page = save(sue, phone="call me", name="Susan")
    assert page.status == 422
    assert page.error("phone") == "Phone must be a telephone number."
    assert 'value="call me"' in page.text
    assert 'value="Susan"' in page.text
    assert save(sue, country="XX").error("country") == 'There is no country "XX".'
    assert save(sue, alert_days="61").error("alert-days") is not None
    assert save(sue, alert_days="soon").error("alert-days") is not None
    assert record(app, "users", app.user(SUE))["phone"] is None


def test_what_a_role_hides_of_others_one_sees_and_changes_of_oneself(crm):
    app: App = crm(PACK + ROLES)
    app.user(SUE, admin=False)
    app.program()("PATCH", f"/users/{app.user(SUE)}", json={"role": "seller"})
    sue = app.sign_in(SUE, admin=False)
    assert save(sue, phone="+358 40 123 4567").path == "/profile"
    assert 'value="+358401234567"' in sue.get("/profile").text
    assert record(app, "users", app.user(SUE))["phone"] == "+358401234567"


def test_who_is_made_after_another_is_told_the_same_and_has_no_one_else_s_number(app: App, sue: Browser):
    save(sue, phone="+358 40 123 4567", country="FI", alert_days="3", note_alert="mail")
    admin = app.sign_in()
    at = f"/admin/users/{app.user(SUE)}"
    page = submit(admin, at, {"name": "Eve", "email": "eve@example.com"}, key=f"{at}/copy")
    kept = record(app, "users", int(page.path.rsplit("/", 1)[1]))
    assert (kept["country"], kept["alert_days"], kept["note_alert"]) == ("FI", 3, "mail")
    assert kept["phone"] is None


def test_in_finnish_they_have_finnish_names(crm):
    app: App = crm(FINNISH + dedent(PACK))
    make(app, "deals", name="Tuolit")
    page = app.sign_in().get("/profile")
    for text in ("Matkapuhelin", "Mistä minulle kerrotaan", "Minulle ei kerrota", "Suomi"):
        assert text in page, text
