"""Every kind of page of the standard pack is Finnish for who reads Finnish, with no word left in English."""

import pytest

from runtime.base.translations import known_texts, translations
from runtime.language.packs import standard_folder
from tests.support.crm import App

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


@pytest.fixture
def strict(monkeypatch):
    """What was asked to be translated, and is in no catalog."""
    missing: set[str] = set()
    finnish, known = translations("fi"), known_texts("fi")

    def noted(language: str):
        def translate(text: str) -> str:
            if language.startswith("fi") and text and text not in known:
                missing.add(text)
            return finnish(text) if language.startswith("fi") else text

        return translate

    monkeypatch.setattr("runtime.assembly.translations", noted)
    monkeypatch.setattr("tests.support.house.SHARED", ())  # the others' templates do not ask this one
    return missing


def test_no_page_asks_for_a_text_that_finnish_lacks(strict, crm):
    app: App = crm(pack=standard_folder())
    browser = app.sign_in()
    program = app.program()
    me = app.user()
    program("PATCH", f"/users/{me}", json={"language": "fi"})
    made = {}
    for module, values in {
        "accounts": {"name": "Oulun Kaluste Oy"},
        "contacts": {"last_name": "Virtanen"},
        "activities": {"subject": "Soitto"},
    }.items():
        answer = program("POST", f"/{module}", json=values)
        made[module] = answer.json()["data"]["id"] if answer.status_code == 201 else None
    account = made["accounts"]
    for path in (
        "/app",
        "/app/accounts",
        f"/app/accounts/{account}",
        f"/app/accounts/{account}/edit",
        f"/app/accounts/{account}/delete",
        "/app/accounts/new",
        "/app/accounts/bin",
        "/app/accounts/import",
        "/app/nothing",
        "/search?q=oulu",
        "/profile",
        "/operations",
        "/admin/setup",
        "/admin/diagnostics",
        "/admin/operations",
        "/admin/changes",
        "/admin/changes/plan",
        "/admin/changes/1",
        "/admin/changes/kept",
        "/api",
    ):
        page = browser.get(path)
        assert 'lang="fi"' in page.text, path
    refused = browser.post("/app/accounts/new", name="")
    assert "on pakollinen" in refused.text
    assert strict == set()
    assert "Tallenna" in browser.get("/app/accounts/new").text


def test_what_a_module_is_called_is_written_small_inside_a_sentence(crm):
    app: App = crm(pack=standard_folder())
    browser = app.sign_in()
    app.program()("PATCH", f"/users/{app.user()}", json={"language": "fi"})
    assert "<h1>Uusi asiakas</h1>" in browser.get("/app/accounts/new").text
    assert "Uusi asiakas" in browser.get("/app/accounts").text
