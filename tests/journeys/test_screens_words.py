"""Small things that a screen says: who one is, and each thing once."""

import re

import pytest

from tests.support.screens import PACK, make

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)

NOTES = """
    schemas/modules/people.yaml:
      title: "{first} {last}"
      fields:
        first: {type: text}
        last: {type: text}
        notes: {type: long_text}
    schemas/layouts/people.yaml:
      card:
        tabs:
          overview:
            person: {label: Person, fields: [first, last]}
            notes: {label: Notes, fields: [notes]}
"""


def test_the_menu_of_a_user_and_the_api_page_say_the_address(crm):
    browser = crm(PACK).sign_in()
    assert 'class="note">admin@example.com<' in browser.get("/app").text
    assert "trellis user key admin@example.com" in browser.get("/api")


def test_a_block_of_one_field_says_its_name_once(crm):
    app = crm(NOTES)
    person = make(app, "people", first="Ada", last="Lind", notes="Tall")
    card = app.sign_in().get(f"/app/people/{person}").text
    assert re.findall(r"<dt[^>]*>", card).count('<dt class="visually-hidden">') == 1


def test_a_list_on_a_phone_calls_a_person_by_the_whole_name(crm):
    app = crm(NOTES)
    make(app, "people", first="Ada", last="Lind")
    listed = app.sign_in().get("/app/people").text
    assert '<td class="named" data-label="Last">Lind</td>' in listed


def test_setup_writes_settings_as_the_files_do(crm):
    page = crm(PACK).sign_in().get("/admin/setup?show=modules.deals")
    assert "many: true" in page
    assert "True" not in page
