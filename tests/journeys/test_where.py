"""A relation offers the records that fit the one being edited, and no way of writing takes another."""

import re

import pytest
from sqlalchemy import event

from runtime.identity.actor import SYSTEM
from runtime.records.change import Change, Saved
from tests.support.screens import make, record, submit

PACK = """
    schemas/modules/accounts.yaml:
      title: name
      fields:
        name: {type: text}
        active: {type: boolean}
        parent_account: {type: relation, module: accounts}
    schemas/modules/contacts.yaml:
      title: name
      fields:
        name: {type: text}
        account: {type: relation, module: accounts}
    schemas/modules/deals.yaml:
      title: name
      fields:
        name: {type: text}
        account: {type: relation, module: accounts, where: active}
        contact: {type: relation, module: contacts, where: account == this.account}
        boss: {type: relation, module: contacts, where: account == this.account.parent_account}
        others: {type: relations, module: contacts, where: account == this.account}
        seller: {type: user, where: active}
      rows: {items: {module: deal_items}}
    schemas/modules/deal_items.yaml:
      title: text
      fields:
        text: {type: text}
        contact: {type: relation, module: contacts, where: account == this.parent.account}
"""
UNFIT = "{} names a record that may not be chosen here."


@pytest.fixture
def app(crm):
    return crm(PACK)


@pytest.fixture
def people(app):
    group = make(app, "accounts", name="Group", active=True)
    acme = make(app, "accounts", name="Acme", active=True, parent_account=group)
    dusty = make(app, "accounts", name="Dusty", active=False)
    return {
        "group": group,
        "acme": acme,
        "dusty": dusty,
        "ada": make(app, "contacts", name="Ada", account=acme),
        "bo": make(app, "contacts", name="Bo", account=dusty),
        "cy": make(app, "contacts", name="Cy", account=group),
    }


def refusal(app, method, path, **values):
    answer = app.program()(method, path, json=values)
    assert answer.status_code == 422, answer.text
    return answer.json()["error"]["fields"]


def picked(browser, path):
    found = re.findall(r'role="option"[^>]*>\s*([^<]+?)\s*<', browser.get(path).text)
    return [title for title in found if not title.startswith("New ")]  # what may be made is offered too


def test_only_records_that_fit_may_be_written(app, people):
    acme, ada, bo, cy = (people[name] for name in ("acme", "ada", "bo", "cy"))
    assert refusal(app, "POST", "/deals", account=people["dusty"]) == {"account": [UNFIT.format("Account")]}
    assert refusal(app, "POST", "/deals", account=acme, contact=bo) == {"contact": [UNFIT.format("Contact")]}
    assert refusal(app, "POST", "/deals", account=acme, boss=ada) == {"boss": [UNFIT.format("Boss")]}
    assert refusal(app, "POST", "/deals", account=acme, others=[ada, bo]) == {
        "others": [UNFIT.format("Others")]
    }
    assert make(app, "deals", account=acme, contact=ada, boss=cy, others=[ada])


def test_what_stands_fits_no_more_when_the_record_changes(app, people):
    deal = make(app, "deals", name="A", account=people["acme"], contact=people["ada"])
    assert refusal(app, "PATCH", f"/deals/{deal}", account=people["group"]) == {
        "contact": [UNFIT.format("Contact")]
    }
    assert app.program()("PATCH", f"/accounts/{people['acme']}", json={"active": False}).status_code == 200
    assert app.program()("PATCH", f"/deals/{deal}", json={"name": "B"}).status_code == 200


def test_rows_look_at_their_parent(app, people):
    items = [{"text": "x", "contact": people["bo"]}]
    deal = make(app, "deals", account=people["acme"])
    assert refusal(app, "PATCH", f"/deals/{deal}", items=items) == {
        "items.0.contact": [UNFIT.format("Contact")]
    }
    items[0]["contact"] = people["ada"]
    assert app.program()("PATCH", f"/deals/{deal}", json={"items": items}).status_code == 200


def test_a_new_record_is_looked_at_by_its_new_rows(app, people):
    items = [{"text": "x", "contact": people["ada"]}]
    assert make(app, "deals", account=people["acme"], items=items)
    assert refusal(app, "POST", "/deals", account=people["group"], items=items) == {
        "items.0.contact": [UNFIT.format("Contact")]
    }


def test_the_type_ahead_offers_what_fits_the_form(app, people):
    browser = app.sign_in()
    pick = "/app/deals/pick/contact?record=new"
    assert picked(browser, f"{pick}&this.account={people['acme']}") == ["Ada"]
    assert picked(browser, f"{pick}&this.account={people['dusty']}") == ["Bo"]
    assert picked(browser, f"{pick}&this.account=nonsense") == ["Nothing found"]
    assert picked(browser, "/app/deals/pick/account?record=new") == ["Acme", "Group"]
    assert picked(browser, f"/app/deals/pick/boss?record=new&this.account={people['acme']}") == ["Cy"]


def test_the_type_ahead_looks_at_what_stands_where_the_form_does_not_have_it(app, people):
    browser, deal = app.sign_in(), make(app, "deals", account=people["acme"])
    assert picked(browser, f"/app/deals/pick/contact?record={deal}") == ["Ada"]
    assert "account" in re.findall(r'data-reads="([^"]*)"', browser.get(f"/app/deals/{deal}/edit").text)


def test_a_filter_asks_after_any_record(app, people):
    assert picked(app.sign_in(), "/app/deals/pick/contact") == ["Ada", "Bo", "Cy"]


def test_a_form_without_javascript_is_refused_at_the_field(app, people):
    browser, deal = app.sign_in(), make(app, "deals", name="A", account=people["acme"])
    page = submit(browser, f"/app/deals/{deal}/edit", {"contact:text": "Bo"})
    assert (page.status, page.error("contact")) == (422, UNFIT.format("Contact"))
    assert submit(browser, page, {"contact:text": "Ada"}).status == 200
    assert record(app, "deals", deal)["contact"]["title"] == "Ada"


def test_many_records_take_no_more_questions_than_a_few(app, people):
    heard = []
    event.listen(app.site.database._writing, "before_cursor_execute", lambda *given: heard.append(given[2]))
    live, values = (
        app.site.live,
        {"account": people["acme"], "contact": people["ada"], "others": [people["ada"]]},
    )

    def count(records):
        with app.site.database.write() as tx:
            heard.clear()
            changes = [Change("deals", values) for _ in range(records)]
            saved = live.writer.save(tx, changes, SYSTEM, live.parsing(SYSTEM, "rest"))
            assert all(isinstance(each, Saved) for each in saved)
            return sum(1 for statement in heard if statement.startswith("SELECT"))

    count(1)  # what is made ready once
    assert count(200) == count(2)
