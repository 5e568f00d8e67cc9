"""Several addresses in one field: written by any door, one of them primary, and found by each."""

import pytest

from tests.support.rest import read
from tests.support.screens import submit

PACK = """
    schemas/modules/people.yaml:
      plural: People
      title: name
      search: [name, emails, phones]
      fields:
        name: {type: text}
        emails: {type: email, many: true}
        phones: {type: phone, many: true, kinds: [mobile, work]}
    schemas/filters/people.yaml:
      all: {columns: [name, emails, phones], quick: [emails]}
"""
ADA = [
    {"value": "ada@work.example", "kind": "work", "primary": True},
    {"value": "ada@home.example", "kind": "home", "primary": False},
]


@pytest.fixture
def app(crm):
    return crm(PACK)


def test_a_form_adds_changes_and_removes_lines_without_javascript(app):
    browser, rest = app.sign_in(), app.program()
    page = submit(
        browser,
        "/app/people/new",
        {"name": "Ada", "emails": "ada@work.example", "emails:kind": "work", "emails:primary": "0"},
    )
    assert page.status == 200
    path = "/people/" + page.path.rsplit("/", 1)[1].split("?")[0]
    lines = {"emails": ["ada@work.example", "ada@home.example"], "emails:kind": ["work", "home"]}
    submit(browser, f"/app{path}/edit", {**lines, "emails:primary": "1"})
    found = read(rest, path)["data"]["emails"]
    assert found == [
        {"value": "ada@home.example", "kind": "home", "primary": True},
        {"value": "ada@work.example", "kind": "work", "primary": False},
    ]
    submit(
        browser,
        f"/app{path}/edit",
        {"emails": ["", "ada@work.example", ""], "emails:kind": ["home", "work", "work"]},
    )
    assert [each["value"] for each in read(rest, path)["data"]["emails"]] == ["ada@work.example"]
    wrong = submit(browser, f"/app{path}/edit", {"emails": ["ada", ""], "emails:kind": ["work", "work"]})
    assert wrong.status == 422
    assert 'value="ada"' in wrong.text


def test_a_record_is_found_by_each_of_them_and_shown_with_the_primary_one(app):
    rest, browser = app.program(), app.sign_in()
    rest(
        "POST", "/people", json={"name": "Ada", "emails": ADA, "phones": ["+358 40 123 4567", "040 765 4321"]}
    )
    rest("POST", "/people", json={"name": "Bo", "emails": "bo@work.example"})
    for where in (
        "'ada@home.example' in emails",
        "'ada@work.example' in emails",
        "'+358401234567' in phones",
    ):
        assert [
            each["name"] for each in read(rest, f"/people?where={where.replace('+', '%2B')}")["data"]
        ] == ["Ada"]
    page = browser.get("/app/people?emails=ada@home.example")
    assert "Ada" in page
    assert "bo@work.example" not in page
    assert "mailto:ada@work.example" in page.text


def test_two_primary_ones_an_unknown_kind_and_the_same_twice_are_refused(app):
    rest = app.program()
    for wrong, sentence in (
        ([{**each, "primary": True} for each in ADA], "Emails may have one primary value only."),
        ([{**ADA[0], "kind": "boat"}], "Emails must be of the kind work or home or other."),
        (["a@b.example", "a@B.example"], "Emails names the same twice."),
        ([{"value": ""}], "Emails has an entry without a value."),
    ):
        answer = rest("POST", "/people", json={"emails": wrong})
        assert answer.status_code == 422
        assert answer.json()["error"]["fields"]["emails"] == [sentence]


def test_the_kinds_are_said_in_the_reader_s_language(crm):
    languages = """
    pack.yaml:
      title: Test
      version: 1.0.0
      languages: [en, fi]
      currency: EUR
      timezone: Europe/Helsinki
    """
    app = crm(languages + PACK)
    app.program()("PATCH", f"/users/{app.user()}", json={"language": "fi"})
    path = app.program()("POST", "/people", json={"name": "Ada", "emails": ADA}).json()["data"]["id"]
    browser = app.sign_in()
    card = browser.get(f"/app/people/{path}")
    assert "ada@work.example Työ" in card
    assert "ada@home.example Koti" in card
    assert '<option value="mobile">Matkapuhelin</option>' in browser.get("/app/people/new").text
