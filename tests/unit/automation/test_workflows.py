"""Workflows: what sets them going, and what they do."""

from collections.abc import Callable

from tests.support.crm import App
from tests.support.flows import Flows, with_workflow

Crm = Callable[..., App]

WON = """
label: A won deal makes its account a customer
module: deals
trigger: {changed: {field: stage, to: won}}
when: stage.kind == 'won' and old.stage.kind != 'won'
steps:
  - update: {record: =account, set: {type: customer}}
  - create: {module: tasks, set: {subject: "=concat('Kick-off ', name)", deal: =this, account: =account}, rows: {lines: {from: =items, set: {what: =product, qty: =qty}}}}
    as: kick_off
  - update: {set: {note: =kick_off.subject}}
"""


def test_a_won_deal_makes_its_account_a_customer_and_a_task_with_the_deals_rows(crm: Crm) -> None:
    flows = Flows(crm(with_workflow(WON)))
    account = flows.save("accounts", name="Acme")
    deal = flows.save("deals", name="Big", account=account, items=[{"product": "A", "qty": 2}, {"product": "B"}])
    flows.save("deals", deal, stage="won")
    assert flows.work() == 1
    assert flows.states() == ["done"]
    assert flows.get("accounts", account)["type"] == "customer"
    (task,) = flows.ids("tasks")
    assert flows.get("tasks", task)["subject"] == "Kick-off Big"
    lines = [flows.get("task_lines", line) for line in flows.ids("task_lines")]
    assert [(line["what"], line["qty"]) for line in lines] == [("A", 2), ("B", None)]
    assert flows.get("deals", deal)["note"] == "Kick-off Big"
    assert [step.state for step in flows.steps(flows.all()[0])] == ["done"] * 3
