"""Picklists offer what may be chosen just then, and nothing else is taken, by whichever door it comes."""

import pytest

from runtime.records.change import Change, Refused, Saved
from tests.support.screens import make, record, sheet, submit

PACK = """
    schemas/picklists/stage.yaml:
      values:
        open: {kind: open}
        proposal: {kind: open, next: [won, lost]}
        won: {kind: won, next: []}
        lost: {kind: lost, roles: [manager]}
    schemas/picklists/industry.yaml:
      values: {food: {}, metal: {}, other: {}}
    schemas/picklists/branch.yaml:
      values: {bakery: {}, dairy: {}, foundry: {}}
    schemas/access/roles.yaml:
      boss: {}
      manager: {under: boss}
      seller: {under: manager}
    schemas/modules/deals.yaml:
      title: name
      fields:
        name: {type: text}
        stage: {type: picklist, picklist: stage}
        industry: {type: picklist, picklist: industry}
        branch:
          type: picklist
          picklist: branch
          depends_on: {field: industry, map: {food: [bakery, dairy], metal: [foundry]}}
        branches:
          type: multi_picklist
          picklist: branch
          depends_on: {field: industry, map: {food: [bakery, dairy], metal: [foundry]}}
    schemas/layouts/deals.yaml:
      card: {process: stage, tabs: {all: {deal: {fields: [name, industry, branch, branches]}}}}
"""
NOT_AFTER = "Stage may not go from Proposal to Open."
UNFIT = "Branch may not be Foundry while Industry is Food."


@pytest.fixture
def app(crm):
    return crm(PACK)


def employ(app, role):
    """A user of a role."""
    email = f"{role}@example.com"
    number = app.user(email, admin=False)
    assert app.program()("PATCH", f"/users/{number}", json={"role": role}).status_code == 200
    return email


def refusal(app, number, email="admin@example.com", **values):
    answer = app.program(email)("PATCH", f"/deals/{number}", json=values)
    assert answer.status_code == 422, answer.text
    return answer.json()["error"]["fields"]


def imported(app, number, **values):
    """What the writer says to a row of an import."""
    live, actor = app.site.live, app.site.live.identity.users
    with app.site.database.write() as tx:
        user = actor.by_email(tx.connection, "admin@example.com").actor("import", "en", "UTC")
        (outcome,) = live.writer.save(
            tx, [Change("deals", values, id=number)], user, live.parsing(user, "import")
        )
    return outcome


def test_a_value_follows_only_those_that_name_it(app):
    deal = make(app, "deals", name="A", stage="proposal")
    assert refusal(app, deal, stage="open") == {"stage": [NOT_AFTER]}
    assert refusal(app, deal, stage=None) == {"stage": ["Stage is Proposal and may not be emptied."]}
    assert app.program()("PATCH", f"/deals/{deal}", json={"stage": "won"}).status_code == 200
    assert refusal(app, deal, stage="lost") == {"stage": ["Stage may not go from Won to Lost."]}


def test_a_record_may_begin_anywhere(app):
    assert record(app, "deals", make(app, "deals", stage="won"))["stage"] == "won"


def test_a_transition_is_refused_on_a_form_a_process_bar_and_in_an_import(app):
    browser, deal = app.sign_in(), make(app, "deals", name="A", stage="proposal")
    page = submit(browser, f"/app/deals/{deal}/edit", {"stage": "open"})
    assert (page.status, page.error("stage")) == (422, NOT_AFTER)
    card = browser.get(f"/app/deals/{deal}")
    step = submit(browser, card, {"stage": "open"}, key=f"/app/deals/{deal}/process")
    assert step.status == 422
    assert NOT_AFTER in step
    outcome = imported(app, deal, stage="Open")
    assert isinstance(outcome, Refused)
    assert [str(reason) for reason in outcome.errors["stage"]] == [NOT_AFTER]
    assert isinstance(imported(app, deal, stage="Won"), Saved)


def test_a_form_and_the_process_bar_offer_only_what_may_follow(app):
    browser, deal = app.sign_in(), make(app, "deals", name="A", stage="proposal")
    assert sheet(browser.get(f"/app/deals/{deal}/edit")).options["stage"] == ["proposal", "won", "lost"]
    assert sheet(browser.get("/app/deals/new")).options["stage"] == ["", "open", "proposal", "won", "lost"]
    bar = browser.get(f"/app/deals/{deal}").text.split('class="chevrons"')[1].split("</ol>")[0]
    closed = [step.split('value="')[1].split('"')[0] for step in bar.split("<li")[1:] if " disabled" in step]
    assert closed == ["open", "proposal"]


def test_only_a_role_or_one_above_it_chooses_a_value(app):
    deal = make(app, "deals", name="A", stage="open")
    seller, boss = employ(app, "seller"), employ(app, "boss")
    reason = "Stage may not be Lost: your role may not choose it."
    assert refusal(app, deal, seller, stage="lost") == {"stage": [reason]}
    offered = sheet(app.sign_in(seller, admin=False).get(f"/app/deals/{deal}/edit")).options["stage"]
    assert "lost" not in offered
    assert app.program(boss)("PATCH", f"/deals/{deal}", json={"stage": "lost"}).status_code == 200
    assert app.program(seller)("PATCH", f"/deals/{deal}", json={"name": "B"}).status_code == 200


def test_a_dependent_picklist_takes_only_what_fits(app):
    answer = app.program()("POST", "/deals", json={"industry": "food", "branch": "foundry"})
    assert answer.json()["error"]["fields"] == {"branch": [UNFIT]}
    deal = make(app, "deals", industry="food", branch="dairy", branches=["bakery", "dairy"])
    reasons = refusal(app, deal, industry="metal")
    assert reasons["branch"] == ["Branch may not be Dairy while Industry is Metal."]
    assert reasons["branches"] == ["Branches may not be Bakery while Industry is Metal."]
    assert make(app, "deals", industry="other", branch="foundry")
    assert make(app, "deals", branch="foundry")


def test_a_form_offers_what_fits_the_value_that_was_sent(app):
    browser, deal = app.sign_in(), make(app, "deals", industry="food", branch="dairy")
    form = browser.get(f"/app/deals/{deal}/edit")
    assert sheet(form).options["branch"] == ["", "bakery", "dairy"]
    page = submit(browser, form, {"industry": "metal"})
    assert page.error("branch") == "Branch may not be Dairy while Industry is Metal."
    assert sheet(page).options["branch"] == ["", "dairy", "foundry"]
    assert submit(browser, page, {"branch": "foundry"}).status == 200
    assert record(app, "deals", deal)["branch"] == "foundry"


def test_what_stands_may_stand(app):
    deal = make(app, "deals", industry="food", branch="dairy")
    table = app.site.live.tables.module("deals").table
    with app.site.database.write() as tx:
        tx.connection.execute(table.update().values(branch="foundry"))
    assert app.program()("PATCH", f"/deals/{deal}", json={"name": "B"}).status_code == 200
