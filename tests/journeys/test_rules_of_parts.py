"""Rules on blocks and tabs, limited picklists and values that rules set, on every door."""

from datetime import UTC, datetime
from typing import Any

import pytest

from runtime.base.clock import FrozenClock
from runtime.identity.actor import SYSTEM
from runtime.records.change import Change, Saved
from tests.support.crm import App
from tests.support.screens import make, record, sheet, submit

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
PACK = """
    schemas/picklists/stages.yaml:
      values: {open: {}, won: {}, lost: {}}
    schemas/picklists/plans.yaml:
      values: {small: {}, big: {}, huge: {label: The huge one}}
    schemas/layouts/deals.yaml:
      card:
        process: stage
        tabs:
          overview:
            deal: {fields: [name, stage, plan, amount, chance, paid_on]}
            terms: {label: Terms, fields: [discount]}
          products: {items: {rows: items}}
    schemas/modules/deals.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        stage: {type: picklist, picklist: stages, default: open}
        plan: {type: picklist, picklist: plans}
        amount: {type: integer}
        discount: {type: integer, required: true}
        chance: {type: percent}
        paid_on: {type: date}
      rows: {items: {module: deal_items}}
      rules:
        terms: {when: amount > 100, show: [terms]}
        no_items_yet: {when: stage == 'open', hide: [products]}
        small: {when: amount < 50, limit: {plan: [small, big]}}
        needs_amount: {when: is_empty(amount), limit: {stage: [open, lost]}}
        won: {when: stage == 'won', set: {chance: 100, paid_on: =today()}, readonly: [products]}
    schemas/modules/deal_items.yaml:
      title: name
      fields: {name: {type: text}}
"""


@pytest.fixture
def app(crm):
    return crm(PACK, clock=FrozenClock(NOW))


def refused(app: App, method: str, path: str, **values: Any) -> Any:
    answer = app.program()(method, path, json=values)
    assert answer.status_code == 422, answer.text
    return answer.json()["error"]["fields"]


def change(app: App, number: int, **values: Any) -> dict[str, Any]:
    answer = app.program()("PATCH", f"/deals/{number}", json=values)
    assert answer.status_code == 200, answer.text
    return record(app, "deals", number)


def test_the_fields_of_a_hidden_block_are_not_required_and_take_no_new_value(app):
    made = make(app, "deals", name="Big")
    assert refused(app, "PATCH", f"/deals/{made}", discount=5) == {
        "discount": ["Discount is hidden, and takes no new value."]
    }
    assert refused(app, "POST", "/deals", name="Huge", amount=200) == {"discount": ["Discount is required."]}
    assert change(app, made, amount=200, discount=5)["discount"] == 5
    assert change(app, made, amount=20)["discount"] == 5


def test_a_hidden_block_and_a_hidden_tab_are_not_on_the_card(app):
    browser = app.sign_in()
    made = make(app, "deals", name="Big", amount=20)
    page = browser.get(f"/app/deals/{made}")
    assert ("Terms" in page, "Products" in page) == (False, False)
    assert browser.get(f"/app/deals/{made}?tab=products").status == 404
    change(app, made, amount=200, discount=5, stage="lost")
    page = browser.get(f"/app/deals/{made}")
    assert ("Terms" in page, "Products" in page) == (True, True)


def test_rows_in_a_hidden_tab_take_no_change_and_those_in_a_locked_one_neither(app):
    items = [{"name": "Bolt"}]
    assert refused(app, "POST", "/deals", name="Big", items=items) == {
        "items": ["Items is hidden, and takes no new value."]
    }
    made = make(app, "deals", name="Big", amount=20, stage="lost", items=items)
    kept = record(app, "deals", made)["items"]
    assert change(app, made, stage="open", items=kept)["stage"] == "open"
    assert refused(app, "PATCH", f"/deals/{made}", items=[]) == {
        "items": ["Items is hidden, and takes no new value."]
    }
    change(app, made, stage="won")
    assert refused(app, "PATCH", f"/deals/{made}", items=[{"id": kept[0]["id"], "name": "Nut"}]) == {
        "items": ["Items is read-only."]
    }
    assert 'data-rows="items"' not in app.sign_in().get(f"/app/deals/{made}/edit").text


def test_a_limited_picklist_takes_what_is_left(app):
    wrong = {"plan": ["Plan may not be The huge one here; what is left: Small, Big."]}
    assert refused(app, "POST", "/deals", name="Big", amount=10, plan="huge") == wrong
    made = make(app, "deals", name="Big", amount=60, plan="huge")
    assert refused(app, "PATCH", f"/deals/{made}", amount=10) == wrong
    assert change(app, made, amount=10, plan="big")["plan"] == "big"


def test_a_value_that_stood_before_its_rule_held_may_stay_and_not_come_back(app):
    made = make(app, "deals", name="Big", amount=60, plan="huge")
    live = app.site.live
    with app.site.database.write() as tx:
        forced = Change("deals", {"amount": 10}, made)
        (saved,) = live.writer.save(tx, [forced], SYSTEM, live.parsing(SYSTEM, "rest"))
    assert isinstance(saved, Saved), "rules bind users alone"
    assert change(app, made, name="Bigger")["plan"] == "huge"
    browser = app.sign_in()
    assert sheet(browser.get(f"/app/deals/{made}/edit")).options["plan"] == ["", "small", "big", "huge"]
    change(app, made, plan="small")
    assert sheet(browser.get(f"/app/deals/{made}/edit")).options["plan"] == ["", "small", "big"]
    assert list(refused(app, "PATCH", f"/deals/{made}", plan="huge")) == ["plan"]


def test_the_process_bar_offers_only_what_rules_leave(app):
    browser = app.sign_in()
    made = make(app, "deals", name="Big")
    assert 'value="won" disabled' in browser.get(f"/app/deals/{made}").text
    page = submit(browser, f"/app/deals/{made}", {"stage": "won"}, key=f"/app/deals/{made}/process")
    assert page.status == 422
    assert "Stage may not be Won here; what is left: Open, Lost." in page
    change(app, made, amount=60)
    assert 'value="won" disabled' not in browser.get(f"/app/deals/{made}").text


def test_a_rule_sets_values_when_its_condition_becomes_true(app):
    made = make(app, "deals", name="Big", amount=60)
    won = change(app, made, stage="won")
    assert (won["chance"], won["paid_on"]) == ("100.00", "2026-03-04")
    assert change(app, made, chance="50")["chance"] == "50.00"
    assert change(app, made, name="Bigger")["chance"] == "50.00"
    assert change(app, made, stage="open")["chance"] == "50.00"
    assert change(app, made, stage="won", chance="90")["chance"] == "90.00", "what is given by hand stays"
    change(app, made, stage="open")
    assert change(app, made, stage="won")["chance"] == "100.00"
    assert record(app, "deals", make(app, "deals", name="New", amount=60, stage="won"))["chance"] == "100.00"


def test_the_form_is_told_what_is_hidden_left_and_set_while_somebody_types(app):
    browser = app.sign_in()
    form = browser.get("/app/deals/new")
    sent = {"_csrf": form.hidden("_csrf"), "name": "", "stage": "won", "amount": "10", "plan": "huge"}
    answer = browser.client.post("/app/deals/new/rules", data={**sent, "chance": "", "paid_on": ""}).json()
    assert (answer["hidden"], answer["limits"]) == (["discount"], {"plan": ["big", "small"]})
    assert 'value="100' in answer["values"]["chance"]
    assert 'data-field="paid_on"' in answer["values"]["paid_on"]
    answer = browser.client.post("/app/deals/new/rules", data={**sent, "chance": "90"}).json()
    assert list(answer["values"]) == ["paid_on"]
    answer = browser.client.post("/app/deals/new/rules", data={**sent, "stage": "open"}).json()
    assert (answer["hidden"], answer["values"]) == (["discount", "items"], {})


def test_a_block_with_a_condition_of_its_own_comes_and_goes_with_what_is_typed(crm):
    app = crm("""
        schemas/layouts/deals.yaml:
          card:
            tabs:
              overview:
                deal: {fields: [name]}
                why: {label: Why, fields: [reason], when: name == 'x'}
        schemas/modules/deals.yaml:
          fields: {name: {type: text}, reason: {type: text}}
    """)
    browser = app.sign_in()
    form = browser.get("/app/deals/new")
    assert ("Why" in form, "reason" in sheet(form).values) == (True, False)
    sent = {"_csrf": form.hidden("_csrf"), "name": "x"}
    answer = browser.client.post("/app/deals/new/rules", data=sent).json()
    assert (answer["hidden"], answer["closed"]) == ([], [])
    answer = browser.client.post("/app/deals/new/rules", data={**sent, "name": "y"}).json()
    assert answer["closed"] == ["overview.why"]
    made = make(app, "deals", name="x")
    assert "reason" in sheet(browser.get(f"/app/deals/{made}/edit")).values


def test_what_may_follow_what_fits_and_what_rules_leave_are_offered_together(crm):
    app = crm("""
        schemas/picklists/kinds.yaml:
          values: {new: {}, old: {}}
        schemas/picklists/steps.yaml:
          values: {a: {next: [b, c, d]}, b: {}, c: {}, d: {}, e: {}}
        schemas/modules/deals.yaml:
          title: name
          fields:
            name: {type: text}
            kind: {type: picklist, picklist: kinds, default: new}
            step:
              type: picklist
              picklist: steps
              default: a
              depends_on: {field: kind, map: {new: [a, b, c, e]}}
          rules:
            named: {when: name == 'x', limit: {step: [a, c, d, e]}}
    """)
    browser = app.sign_in()
    made = make(app, "deals", name="x")
    assert sheet(browser.get(f"/app/deals/{made}/edit")).options["step"] == ["a", "c"]
    for step, reason in (
        ("b", "Step may not be B here; what is left: A, C, D, E."),
        ("d", "Step may not be D while Kind is New."),
        ("e", "Step may not go from A to E."),
    ):
        assert refused(app, "PATCH", f"/deals/{made}", step=step)["step"] == [reason]
    assert change(app, made, step="c")["step"] == "c"
