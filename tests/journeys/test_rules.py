"""Rules as a person meets them: fields that come and go, are required and locked, on every door."""

import csv
from argparse import ArgumentParser
from typing import Any

import pytest

from runtime.cli.import_ import ImportCommand
from tests.support.screens import make, record, sheet, submit

PACK = """
    schemas/picklists/stages.yaml:
      values:
        open: {kind: open}
        won: {kind: won}
        lost: {kind: lost}
    schemas/layouts/deals.yaml:
      card:
        process: stage
        tabs:
          overview:
            deal: {fields: [name, stage, amount, lost_reason]}
      create: [name, stage]
    schemas/modules/deals.yaml:
      fields:
        name: {type: text, required: true}
        stage: {type: picklist, picklist: stages, default: open, required: true}
        amount: {type: integer}
        lost_reason: {type: text}
      rules:
        lost_needs_reason:
          when: stage.kind == 'lost'
          show: [lost_reason]
          require: [lost_reason]
        closed_keeps_amount: {when: stage.kind != 'open', readonly: [amount]}
"""
QUIET: dict[str, Any] = {
    "hidden": [],
    "required": [],
    "readonly": [],
    "closed": [],
    "limits": {},
    "values": {},
}


@pytest.fixture
def app(crm):
    return crm(PACK)


def is_hidden(page, name: str) -> bool:
    start = page.text.index(f'data-field="{name}"')
    return " hidden" in page.text[start : page.text.index(">", start)]


def test_a_hidden_field_is_not_shown_until_its_rule_holds(app):
    browser = app.sign_in()
    assert is_hidden(browser.get("/app/deals/new"), "lost_reason")
    page = browser.post("/app/deals/new", name="Big", stage="lost", lost_reason="")
    assert page.status == 422
    assert page.error("lost_reason") == "Lost reason is required."
    assert not is_hidden(page, "lost_reason")
    page = browser.post("/app/deals/new", name="Big", stage="lost", lost_reason="Price")
    assert "Price" in page


def test_the_form_asks_for_its_rules_while_somebody_types(app):
    browser = app.sign_in()
    form = browser.get("/app/deals/new")
    assert 'data-rules="/app/deals/new/rules"' in form.text
    sent = {"_csrf": form.hidden("_csrf"), "name": "", "stage": "lost", "lost_reason": ""}
    answer = browser.client.post("/app/deals/new/rules", data=sent).json()
    assert answer == {**QUIET, "required": ["lost_reason"]}
    answer = browser.client.post("/app/deals/new/rules", data={**sent, "stage": "won"}).json()
    assert answer == {**QUIET, "hidden": ["lost_reason"]}


def test_a_locked_field_is_shown_and_not_edited(app):
    browser = app.sign_in()
    page = browser.post("/app/deals/new", name="Big", stage="won", amount="5", lost_reason="")
    assert "Lost reason" not in page
    edit = browser.get(f"{page.path}/edit")
    assert 'name="amount"' not in edit.text
    forged = browser.post(f"{page.path}/edit", name="Bigger", stage="won", amount="6", lost_reason="")
    assert (forged.status, forged.error("amount")) == (422, "Amount is read-only.")
    assert "Bigger" in browser.post(f"{page.path}/edit", name="Bigger", stage="won", lost_reason="")
    sent = {"_csrf": edit.hidden("_csrf"), "name": "", "stage": "lost", "lost_reason": ""}
    answer = browser.client.post(f"{page.path}/rules", data=sent).json()
    assert answer == {**QUIET, "required": ["lost_reason"], "readonly": ["amount"]}


def test_the_process_bar_asks_for_what_a_step_requires(app):
    browser = app.sign_in()
    made = make(app, "deals", name="Big")
    page = submit(browser, f"/app/deals/{made}", {"stage": "lost"}, key=f"/app/deals/{made}/process")
    assert (page.status, page.error("lost_reason")) == (422, "Lost reason is required.")
    form = sheet(page)
    assert (form.action, form.values["stage"]) == (f"/app/deals/{made}/edit", ["lost"])
    submit(browser, page, {"lost_reason": "Price"})
    kept = record(app, "deals", made)
    assert (kept["stage"], kept["lost_reason"]) == ("lost", "Price")


def test_every_other_door_keeps_to_the_rules(app):
    api = app.program()
    made = api("POST", "/deals", json={"name": "Big", "amount": 5}).json()["data"]["id"]
    lost = api("PATCH", f"/deals/{made}", json={"stage": "lost"})
    assert lost.json()["error"]["fields"] == {"lost_reason": ["Lost reason is required."]}
    hidden = api("PATCH", f"/deals/{made}", json={"lost_reason": "Price"})
    assert hidden.json()["error"]["fields"] == {
        "lost_reason": ["Lost reason is hidden, and takes no new value."]
    }
    assert api("PATCH", f"/deals/{made}", json={"stage": "lost", "lost_reason": "Price"}).status_code == 200
    assert api("PATCH", f"/deals/{made}", json={"amount": 6}).status_code == 422
    assert api("PATCH", f"/deals/{made}", json={"stage": "open"}).status_code == 200
    kept = api("GET", f"/deals/{made}").json()["data"]
    assert (kept["lost_reason"], kept["amount"]) == ("Price", 5)
    batch = api("POST", "/deals/batch", json={"create": [{"name": "Other", "stage": "lost"}]})
    assert batch.status_code == 422


def test_an_import_by_the_command_line_keeps_to_the_rules(app):
    number = make(app, "deals", name="Won", stage="won", amount=5)
    file = app.folder / "deals.csv"
    rows = ["Lost,lost,,", "Given,lost,,Price", "Hidden,open,,Price", "Won,won,6,", "Fine,open,1,"]
    file.write_text("name,stage,amount,lost_reason\n" + "\n".join(rows) + "\n")
    (app.folder / "map.yaml").write_text(
        "columns: {name: {field: name, key: true}, stage: stage, amount: amount, lost_reason: lost_reason}\n"
    )
    parser = ArgumentParser()
    ImportCommand().configure(parser)
    words = ["deals", str(file), "--map", str(app.folder / "map.yaml")]
    assert ImportCommand().run(parser.parse_args(words), app.house) == 1
    with (app.folder / "deals.csv.errors.csv").open(encoding="utf-8-sig", newline="") as kept:
        assert [(row["name"], row["reason"]) for row in csv.DictReader(kept)] == [
            ("Lost", "Lost reason is required."),
            ("Hidden", "Lost reason is hidden, and takes no new value."),
            ("Won", "Amount is read-only."),
        ]
    assert record(app, "deals", number)["amount"] == 5
