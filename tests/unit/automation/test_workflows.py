"""Workflows: what sets them going, and what they do."""

from collections.abc import Callable

from runtime.records.change import Change, Refused
from tests.support.crm import App
from tests.support.flows import PACK, Flows, counted, with_workflow

Crm = Callable[..., App]

WON = """
label: A won deal makes its account a customer
module: deals
trigger: {changed: {field: stage, to: won}}
when: stage.kind == 'won' and old.stage.kind != 'won'
steps:
  - update: {record: =account, set: {type: customer}}
  - create:
      module: tasks
      set: {subject: "=concat('Kick-off ', name)", deal: =this, account: =account}
      rows: {lines: {from: =items, set: {what: =product, qty: =qty}}}
    as: kick_off
  - update: {set: {note: =kick_off.subject}}
"""


def test_a_won_deal_makes_its_account_a_customer_and_a_task_with_the_deals_rows(crm: Crm) -> None:
    flows = Flows(crm(with_workflow(WON)))
    account = flows.save("accounts", name="Acme")
    deal = flows.save(
        "deals", name="Big", account=account, items=[{"product": "A", "qty": 2}, {"product": "B"}]
    )
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


def test_what_triggers_look_at(crm: Crm) -> None:
    """One workflow for each trigger; each notes its name in a task."""
    triggers = {
        "on_create": "created",
        "on_update": "updated",
        "on_save": "saved",
        "on_change": "{changed: [stage, amount]}",
        "on_win": "{changed: {field: stage, from: [open, proposal], to: won}}",
        "on_delete": "deleted",
        "on_restore": "restored",
    }
    text = PACK + "".join(
        f"    schemas/workflows/{key}.yaml:\n"
        f"      module: deals\n      trigger: {trigger}\n"
        f"      steps: [{{create: {{module: tasks, set: {{subject: {key}}}}}}}]\n"
        for key, trigger in triggers.items()
    )
    flows = Flows(crm(text))
    fired = _Fired(flows)
    deal = flows.save("deals", name="Big")
    assert fired() == ["on_create", "on_save"]
    flows.save("deals", deal, name="Bigger")
    assert fired() == ["on_save", "on_update"]
    flows.save("deals", deal, name="Bigger")
    assert fired() == []
    flows.save("deals", deal, stage="proposal")
    assert fired() == ["on_change", "on_save", "on_update"]
    flows.save("deals", deal, stage="won")
    assert fired() == ["on_change", "on_save", "on_update", "on_win"]
    flows.turn("deals", deal, "delete")
    assert fired() == ["on_delete"]
    flows.turn("deals", deal, "restore")
    assert fired() == ["on_restore"]


class _Fired:
    """Which workflows were set going since it was last asked."""

    def __init__(self, flows: Flows) -> None:
        self.flows = flows
        self.known: set[int] = set()

    def __call__(self) -> list[str]:
        fresh = [run for run in self.flows.all() if run.id not in self.known]
        self.known.update(run.id for run in fresh)
        return sorted(run.workflow for run in fresh)


def test_a_computed_field_that_changes_fires_changed_and_not_updated(crm: Crm) -> None:
    changed = "module: accounts\ntrigger: {changed: won_total}\nsteps: [{update: {set: {note: changed}}}]\n"
    updated = "      module: accounts\n      trigger: updated\n      steps: [{stop: why}]\n"
    flows = Flows(crm(f"{with_workflow(changed)}    schemas/workflows/upd.yaml:\n{updated}"))
    account = flows.save("accounts", name="Acme")
    flows.save("deals", name="Big", account=account, amount="10", stage="won")
    assert [run.workflow for run in flows.all()] == ["flow"]
    flows.work()
    assert flows.get("accounts", account)["note"] == "changed"


def test_a_record_that_goes_with_another_fires_deleted(crm: Crm) -> None:
    flows = Flows(crm(with_workflow(
        "module: deals\ntrigger: deleted\nsteps: [{create: {module: tasks, set: {subject: =name}}}]"
    )))  # fmt: skip
    account = flows.save("accounts", name="Acme")
    flows.save("deals", name="Big", account=account)
    flows.turn("accounts", account, "delete")
    flows.work()
    assert [flows.get("tasks", task)["subject"] for task in flows.ids("tasks")] == ["Big"]


ONCE = "module: deals\ntrigger: saved\nwhen: stage == 'won'\nonce: true\nsteps: [{stop: done}]"


def test_a_workflow_that_runs_once_runs_the_first_time_its_condition_holds_and_never_again(crm: Crm) -> None:
    flows = Flows(crm(with_workflow(ONCE)))
    deal = flows.save("deals", name="Big")
    for stage in ("won", "open", "won"):
        flows.save("deals", deal, stage=stage)
    other = flows.save("deals", name="Small", stage="won")
    assert [run.record_id for run in flows.all()] == [deal, other]


def test_a_save_that_is_refused_claims_nothing(crm: Crm) -> None:
    flows = Flows(crm(with_workflow(ONCE)))
    deal = flows.save("deals", name="Big")
    good, bad = Change("deals", {"stage": "won"}, id=deal), Change("deals", {"name": ""})
    assert all(isinstance(each, Refused) for each in flows.save_all([good, bad]))
    assert flows.all() == []
    flows.save("deals", deal, stage="won")
    assert len(flows.all()) == 1


def test_a_batch_has_one_run_a_record_and_workflow_and_asks_no_more_for_many(crm: Crm) -> None:
    flows = Flows(crm(with_workflow(
        "module: deals\ntrigger: [created, saved, {changed: stage}]\n"
        "when: account.name == 'Acme' and is_empty(note)\n"
        "steps: [{update: {set: {note: seen}}}]"
    )))  # fmt: skip
    account = flows.save("accounts", name="Acme")
    counts = []
    for many in (2, 200):
        changes = [Change("deals", {"name": f"D{at}", "account": account}) for at in range(many)]
        with counted(flows.site) as statements:
            flows.save_all(changes)
        counts.append(len(statements))
    assert len(flows.all()) == 202
    assert abs(counts[0] - counts[1]) < 5  # the database takes many rows in pieces
    assert flows.work() == 202
    assert set(flows.states()) == {"done"}


def test_a_condition_looks_at_old_values_and_at_related_records(crm: Crm) -> None:
    flows = Flows(crm(with_workflow(
        "module: deals\ntrigger: updated\n"
        "when: old.amount < 10 and amount >= 10 and count(account.deals) == 2 and changed(amount)\n"
        "steps: [{stop: done}]"
    )))  # fmt: skip
    account = flows.save("accounts", name="Acme")
    one, _ = (flows.save("deals", name=name, account=account, amount="5") for name in "AB")
    flows.save("deals", one, amount="6")
    assert flows.all() == []
    flows.save("deals", one, amount="12")
    assert len(flows.all()) == 1


def test_what_hangs_on_a_record_that_a_step_has_given_is_counted(crm: Crm) -> None:
    flows = Flows(crm(with_workflow("""
        module: accounts
        trigger: {changed: type}
        steps:
          - for_each: {in: =deals, as: deal, steps: [
              {if: "exists(deal.contacts, name == 'P') and count(deals) == 2",
               then: [{update: {record: =deal, set: {turns: =count(deal.contacts)}}}]}]}
    """.replace("\n        ", "\n"))))  # fmt: skip
    account = flows.save("accounts", name="Acme")
    people = [flows.save("contacts", name=name) for name in "PQ"]
    deals = [
        flows.save("deals", name=f"with {len(these)}", account=account, contacts=these)
        for these in (people, people[1:])
    ]
    flows.save("accounts", account, type="big")
    flows.work()
    assert [flows.get("deals", deal)["turns"] for deal in deals] == [2, 0]


def test_steps_go_through_branches_and_loops(crm: Crm) -> None:
    flows = Flows(crm(with_workflow("""
        module: accounts
        trigger: {changed: type}
        steps:
          - if: type == 'big'
            then:
              - for_each: {in: =deals, as: deal, where: "stage.kind == 'open' and name != this.name", steps: [
                  {update: {record: =deal, set: {note: "=concat(name, ': ', deal.name)"}}},
                  {for_each: {in: =deal.contacts, as: person, steps: [
                    {update: {record: =person, set: {note: =deal.name}}}]}}]}
            else:
              - stop: It is small.
          - update: {set: {note: at the end}}
    """.replace("\n        ", "\n"))))  # fmt: skip
    account = flows.save("accounts", name="Acme")
    people = [flows.save("contacts", name=name) for name in "PQ"]
    deals = [
        flows.save("deals", name=name, account=account, stage=stage, contacts=people[:count])
        for name, stage, count in (
            ("A", "open", 2),
            ("B", "won", 2),
            ("C", "proposal", 1),
            ("Acme", "open", 0),
        )
    ]
    flows.save("accounts", account, type="small")
    flows.work()
    assert flows.get("accounts", account)["note"] is None
    flows.save("accounts", account, type="big")
    flows.work()
    assert [flows.get("deals", deal)["note"] for deal in deals] == ["Acme: A", None, "Acme: C", None]
    assert [flows.get("contacts", each)["note"] for each in people] == ["C", "A"]
    assert flows.get("accounts", account)["note"] == "at the end"
    places = [step.place for step in flows.steps(flows.all()[1])]
    assert places == [
        "0", "0.then.0", "0.then.0[0].steps.0", "0.then.0[0].steps.1", "0.then.0[0].steps.1[0].steps.0",
        "0.then.0[0].steps.1[1].steps.0", "0.then.0[1].steps.0", "0.then.0[1].steps.1",
        "0.then.0[1].steps.1[0].steps.0", "1",
    ]  # fmt: skip
