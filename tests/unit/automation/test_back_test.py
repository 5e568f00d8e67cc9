"""The back-test: how often a workflow would have run, equal to what a live run does."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runtime.automation.operations.back_test import KIND
from runtime.base.clock import FrozenClock
from runtime.identity.actor import SYSTEM
from runtime.records.change import Change, Saved
from runtime.storage.runs import SKIPPED
from runtime.storage.switches import set_switch
from tests.support.crm import App
from tests.support.flows import PACK, Flows, with_workflow

Crm = Callable[..., App]
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def back_tested(flows: Flows, workflow: str = "flow") -> Any:
    """The result of a back-test that a worker has done."""
    background = flows.site.background
    with flows.site.database.write() as tx:
        number = background.start(tx, KIND, {"workflow": workflow, "days": 90}, SYSTEM)
    flows.work()
    with flows.site.database.read() as connection:
        done = background.operations.find(connection, number)
    assert done is not None
    assert done.state == "done", done
    return done.result


LINES = {
    "on_won": """
        trigger: {changed: {field: stage, to: won}}
        when: stage.kind == 'won' and old.stage.kind != 'won' and amount > 20
    """,
    "on_related_values": """
        trigger: saved
        when: account.type == 'customer'
    """,
    "on_turns": """
        trigger: [created, deleted, restored]
        when: is_empty(note) or changed(name)
    """,
    "on_first": """
        trigger: updated
        when: changed(amount) and is_empty(account) == false
        once: true
    """,
    "on_computed": """
        module: accounts
        trigger: {changed: won_total}
        when: won_total > 100
    """,
    "on_neighbours": """
        trigger:
          - related: {path: items, on: [created, changed, deleted]}
          - related: {path: tasks, on: [created]}
        when: stage.kind == 'open'
    """,
    "on_links": """
        trigger: {linked: contacts}
        when: name != 'n1'
    """,
    "on_delay": """
        trigger: {changed: stage}
        when: stage.kind == 'open'
        delay: 2 days
        recheck: true
    """,
}
"""Workflows that note something nobody looks at, so that the story is the same with them and without."""


def pack() -> str:
    """A pack with all of them."""
    text = PACK + "    schemas/modules/notes.yaml:\n      fields: {text: {type: text}}\n"
    for key, written in LINES.items():
        lines = [line.removeprefix(" " * 8).rstrip() for line in written.strip("\n ").splitlines()]
        lines[0] = lines[0].strip()
        lines = lines if lines[0].startswith("module:") else ["module: deals", *lines]
        lines.append("steps: [{create: {module: notes, set: {text: x}}}]")
        text += f"    schemas/workflows/{key}.yaml:\n" + "".join(f"      {line}\n" for line in lines)
    return text


def tell(flows: Flows, clock: FrozenClock, seed: int) -> None:
    """A random story of accounts, deals, rows, links and tasks, over some weeks."""
    chance = random.Random(seed)
    accounts = [flows.save("accounts", name=f"a{n}") for n in range(3)]
    people = [flows.save("contacts", name=f"c{n}") for n in range(3)]
    deals: list[int] = []
    gone: set[int] = set()
    for _ in range(90):
        clock.moment += timedelta(hours=chance.randrange(1, 30))
        flows.work()
        there = [each for each in deals if each not in gone]
        what = chance.randrange(10)
        if what < 1 or len(there) < 3:
            values: dict[str, Any] = {
                "amount": str(chance.randrange(200)),
                "account": chance.choice(accounts),
            }
            deals.append(flows.save("deals", name=f"n{chance.randrange(3)}", **values))
        elif what < 6:
            keys: dict[str, Any] = {
                "stage": chance.choice(["open", "proposal", "won", "lost"]),
                "amount": str(chance.randrange(200)),
                "note": chance.choice(["", "x"]),
                "account": chance.choice([*accounts, None]),
                "name": f"n{chance.randrange(3)}",
                "contacts": chance.sample(people, chance.randrange(3)),
                "items": [{"product": str(chance.randrange(9)), "qty": 1}],
            }
            some = chance.sample(sorted(keys), chance.randrange(1, 4))
            flows.save("deals", chance.choice(there), **{key: keys[key] for key in some})
        elif what == 6:
            flows.save("accounts", chance.choice(accounts), type=chance.choice(["customer", "prospect"]))
        elif what == 7:
            flows.save("tasks", subject="t", deal=chance.choice(there))
        elif what == 8:
            one = chance.choice(there)
            (outcome,) = flows.save_all([Change("deals", id=one, action="delete")])
            gone.update([one] if isinstance(outcome, Saved) else [])  # tasks may stand in the way
        elif gone:
            flows.turn("deals", one := chance.choice(sorted(gone)), "restore")
            gone.discard(one)
    clock.moment += timedelta(days=5)
    flows.work()


def test_a_back_test_finds_what_a_live_run_does(crm: Crm) -> None:
    clock = FrozenClock(NOW)
    flows = Flows(crm(pack(), clock=clock))
    switch(flows, on=False)
    tell(flows, clock, 7)
    assert flows.all() == []
    found = {key: back_tested(flows, key) for key in LINES}
    clock.moment += timedelta(days=200)
    switch(flows, on=True)
    tell(flows, clock, 7)  # the same story, of other records
    for key, result in found.items():
        runs = flows.all(workflow=key)
        skipped = sum(run.state == SKIPPED for run in runs)
        assert (key, result["fired"], result["skipped"]) == (key, len(runs) - skipped, skipped)
        assert (key, result["records"]) == (key, len({run.record_id for run in runs}))
        assert result["fired"] > 1, key


def switch(flows: Flows, *keys: str, on: bool) -> None:
    """Switch workflows on or off: all of the story's, where none is named."""
    with flows.site.database.write() as tx:
        for key in keys or LINES:
            set_switch(tx, key, flows.runs.clock.now(), None, on=on)


MAIL = """
    schemas/workflows/flow.yaml:
      module: deals
      trigger: {changed: stage}
      when: stage == 'won'
      steps:
        - if: amount > 100
          then: [{email: {template: big, to: "=concat(account.note, ', boss@example.com')"}}]
          else: [{stop: too small}]
        - email: {template: big, to: "=account.note"}
    templates/mail/big.yaml:
      module: deals
      subject: Big
      text: Big
"""


def test_letters_go_to_whom_the_related_record_named_by_then(crm: Crm) -> None:
    clock = FrozenClock(NOW)
    flows = Flows(crm(PACK + MAIL, clock=clock))
    account = flows.save("accounts", name="Acme", note="old@example.com")
    deal = flows.save("deals", name="Big", account=account, amount="500")
    small = flows.save("deals", name="Small", account=account, amount="5")
    for each in (deal, small):
        flows.save("deals", each, stage="won")
    clock.moment += timedelta(days=1)
    flows.save("accounts", account, note="new@example.com")
    flows.save("deals", deal, stage="open", amount="1")
    found = back_tested(flows)
    assert (found["fired"], found["records"], found["letters"], found["people"]) == (2, 2, 3, 2)
    assert found["examples"][-1]["letters"] == ["old@example.com", "boss@example.com", "old@example.com"]
    assert found["text"]["text"].startswith("In the last {days} days it would have run {fired} times, on")
    assert found["written"]["text"] == "It would have written {letters} letters, to {people} people."
    clock.moment += timedelta(days=90)
    assert back_tested(flows)["fired"] == 0


def test_a_back_test_says_what_it_cannot_know(crm: Crm) -> None:
    unlogged = PACK.replace("turns: {type: integer", "turns: {log: false, type: integer")
    text = """
    schemas/workflows/flow.yaml:
      module: deals
      trigger: [updated, manual]
      when: turns > 1 and count(tasks) > 0 and is_empty(user.role)
      steps: [{update: {set: {note: x}}}]
    """
    flows = Flows(crm(unlogged + text))
    said = [each["text"].format(**each.get("parameters", {})) for each in back_tested(flows)["limits"]]
    assert [one for one in said if "deals.turns" in one]
    assert [one for one in said if "manual" in one]
    assert [one for one in said if "counted or summed" in one]
    assert [one for one in said if "roles and groups" in one]
    assert [one for one in said if "would have changed" in one]


def test_records_with_very_many_changes_are_told_again_few_at_a_time(
    crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.automation.past.MOST", 25)
    flow = "module: deals\ntrigger: {changed: turns}\nwhen: old.turns == turns - 1\nsteps: [{stop: x}]"
    flows = Flows(crm(with_workflow(flow)))
    switch(flows, "flow", on=False)
    deals = [flows.save("deals", name=str(number)) for number in range(4)]
    for turn in range(1, 20):
        flows.save_all([Change("deals", {"turns": turn}, id=deal) for deal in deals[:2]])
        for deal in deals[2:]:
            flows.save("deals", deal, turns=turn)
    found = back_tested(flows)
    assert (found["fired"], found["records"]) == (19 * 4, 4)
    monkeypatch.setattr("runtime.automation.past.MOST", 10)  # less than one record has
    found = back_tested(flows)
    assert found["fired"] < 19 * 4
    assert [one for one in found["limits"] if "so often" in one["text"]]


def test_records_that_are_gone_for_good_are_counted_once(crm: Crm) -> None:
    flows = Flows(crm(with_workflow("module: deals\ntrigger: saved\nsteps: [{stop: x}]")))
    switch(flows, "flow", on=False)
    flows.save("deals", name="A")
    goes = flows.save("deals", name="B")
    flows.save("deals", goes, note="x")
    with flows.site.database.write() as tx:
        table = flows.site.live.tables.module("deals")
        tx.connection.execute(table.table.delete().where(table.columns["id"][0] == goes))
    found = back_tested(flows)
    assert (found["fired"], found["records"]) == (1, 1)
    told = [each["parameters"]["count"] for each in found["limits"] if "gone for good" in each["text"]]
    assert told == [1]
