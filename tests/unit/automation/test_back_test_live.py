"""A back-test tells what a live run does, of the same history with the workflows and without them."""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from runtime.automation.back_testing import back_test
from runtime.base.clock import FrozenClock
from runtime.records.change import Change, Saved
from runtime.storage.mails import Mails
from runtime.storage.runs import SKIPPED
from tests.support.crm import App, open_app, write_pack
from tests.support.databases import Databases
from tests.support.flows import PACK, Flows

Crm = Callable[..., App]
NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
DAYS = 300
TURNS = 100

WORKFLOWS = {
    "created": """
        trigger: created
        when: amount > 50 and is_empty(account.note) == false
        steps: [{email: {template: deal, to: "=account.note"}}]
    """,
    "won": """
        trigger: {changed: {field: stage, from: [open, proposal], to: won}}
        steps:
          - if: account.type == 'customer' and old.stage == 'proposal'
            then: [{email: {template: deal, to: "=concat(account.note, ', boss@example.com')"}}]
            else: [{if: amount < 40, then: [{stop: too small}]}]
          - email: {template: deal, to: "=concat(name, '@example.com')"}
    """,
    "grown": """
        trigger: saved
        when: is_new or (changed(amount) and old.amount < amount and stage.kind == 'open')
        steps: [{email: {template: deal, to: "=if_(changed(note), 'note@example.com', account.note)"}}]
    """,
    "first": """
        trigger: saved
        when: amount > 100
        once: true
        steps: [{email: {template: deal, to: "=concat('first.', account.note)"}}]
    """,
    "neighbours": """
        trigger:
          - related: {path: tasks, on: [created, changed]}
          - related: {path: items, on: [created]}
        when: stage.kind == 'open'
        steps: [{email: {template: deal, to: "=account.note"}}]
    """,
    "gone": """
        trigger: [deleted, restored]
        steps: [{email: {template: deal, to: "=concat(text(turns), '@example.com')"}}]
    """,
    "computed": """
        module: accounts
        trigger: {changed: won_total}
        when: won_total != old.won_total
        steps: [{email: {template: account, to: "=note"}}]
    """,
    "later": """
        trigger: {changed: stage}
        when: stage.kind == 'open'
        delay: 2 days
        recheck: true
        steps: [{email: {template: deal, to: "=concat(stage, '.', account.note)"}}]
    """,
    "due": """
        module: tasks
        trigger: {date: {field: due, offset: -2 days, at: "08:00"}}
        when: deal.stage.kind != 'lost'
        steps: [{email: {template: task, to: "=concat(subject, ', ', deal.account.note)"}}]
    """,
    "overdue": """
        module: tasks
        trigger: {date: {field: due, offset: 3 workdays}}
        delay: 1 day
        when: deal.stage.kind != 'won'
        steps: [{email: {template: task, to: "=deal.account.note"}}]
    """,
    "chased": """
        module: tasks
        trigger: {date: {field: due}}
        once: true
        steps: [{email: {template: task, to: "=subject"}}]
    """,
}
LETTERS = "".join(
    f"    templates/mail/{key}.yaml:\n      module: {key}s\n      subject: About it\n      text: About it\n"
    for key in ("deal", "account", "task")
)


def pack_with_workflows() -> str:
    """The pack with all of them."""
    text = PACK + LETTERS
    for key, written in WORKFLOWS.items():
        lines = [line.removeprefix(" " * 8) for line in written.strip("\n").rstrip().splitlines()]
        lines = lines if lines[0].startswith("module:") else ["module: deals", *lines]
        text += f"    schemas/workflows/{key}.yaml:\n" + "".join(f"      {line}\n" for line in lines)
    return text


class History:
    """Some dozens of records with several changes each, told by one chance: wherever it is told, it is the
    same. Records are known by the order in which they were made.
    """

    def __init__(self, flows: Flows, clock: FrozenClock, seed: int) -> None:
        self.names: dict[int, str] = {}
        self._flows = flows
        self._clock = clock
        self._chance = random.Random(seed)
        self._made: dict[str, list[int]] = {"accounts": [], "contacts": [], "deals": [], "tasks": []}
        self._gone: list[int] = []

    def tell(self) -> None:
        """All of it."""
        for _ in range(5):
            self._add("accounts", name="A", note=self._address(), type="prospect")
        for _ in range(TURNS):
            self._wait(timedelta(minutes=self._chance.randrange(20, 1200)))
            self._turn()
        for _ in range(8):
            self._wait(timedelta(days=2))

    def _wait(self, some: timedelta) -> None:
        self._clock.moment += some
        if self._flows.site.live.catalog.workflows:
            self._flows.work()  # before the next thing happens

    def _turn(self) -> None:
        some = self._chance.randrange(20)
        deals = [each for each in self._made["deals"] if each not in self._gone]
        if some < 3 or len(deals) < 5:
            self._add("deals", name=f"d{self._chance.randrange(9)}", **self._values(("amount", "account")))
        elif some < 10:
            keys = ["stage", "amount", "note", "account", "items", "turns"]
            self._save("deals", deals, self._values(self._chance.sample(keys, self._chance.randrange(1, 4))))
        elif some < 12:
            deal, due = self._chance.choice(deals), self._due()
            self._add("tasks", subject=self._address(), deal=deal, due=due)
        elif some < 14 and self._made["tasks"]:
            self._save("tasks", self._made["tasks"], {"due": self._due()})
        elif some < 17:
            kind = self._chance.choice(["customer", "prospect"])
            self._save("accounts", self._made["accounts"], {"note": self._address(), "type": kind})
        elif some == 17 and self._gone:
            self._flows.turn("deals", self._gone.pop(), "restore")
        elif some == 18:
            one = self._chance.choice(deals)
            (outcome,) = self._flows.save_all([Change("deals", id=one, action="delete")])
            self._gone += [one] if isinstance(outcome, Saved) else []  # tasks may stand in the way

    def _values(self, keys: Any) -> dict[str, Any]:
        chance = self._chance
        given = {
            "stage": chance.choice(["open", "proposal", "won", "won", "lost"]),
            "amount": str(chance.randrange(150)),
            "note": chance.choice(["x", "y", None]),
            "account": chance.choice(self._made["accounts"]),
            "items": [{"product": str(chance.randrange(9)), "qty": 1}],
            "turns": chance.randrange(9),
        }
        return {key: given[key] for key in keys}

    def _address(self) -> str:
        return f"{self._chance.choice('abcdef')}@example.com"

    def _due(self) -> str:
        return str((self._clock.moment + timedelta(days=self._chance.randrange(-2, 12))).date())

    def _add(self, module: str, **values: Any) -> None:
        made = self._flows.save(module, **values)
        self._made[module].append(made)
        self.names[made] = f"{module} {len(self._made[module])}"

    def _save(self, module: str, ids: list[int], values: dict[str, Any]) -> None:
        self._flows.save(module, self._chance.choice(ids), **values)


Runs = Counter[tuple[str, tuple[str, ...]]]
"""How many runs there were of a record, by its name and by whom they have written to."""


def live(flows: Flows, history: History, workflow: str) -> tuple[Runs, int]:
    """The runs there were, and how many were left out because their condition held no more."""
    found: Runs = Counter()
    skipped = 0
    for run in flows.all(workflow=workflow):
        if run.state == SKIPPED:
            skipped += 1
            continue
        assert run.state == "done", run
        sent = [step.effects or {} for step in flows.steps(run) if step.kind == "email"]
        letters = [each for effects in sent for each in effects.get("to", ())]
        found[history.names[run.record_id or 0], tuple(letters)] += 1
    once = flows.site.live.catalog.workflows[workflow].once
    return found, 0 if once else skipped


def test_a_back_test_equals_a_live_run_of_the_same_history(
    crm: Crm, databases: Databases, database_engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.automation.past_runs.SHOWN", 10_000)
    monkeypatch.setattr("runtime.automation.back_testing.PAGE", 40)  # so that there are several pages
    monkeypatch.setattr("runtime.automation.past_dates.PAGE", 7)
    clock, other = FrozenClock(NOW), FrozenClock(NOW)
    flows = Flows(crm(pack_with_workflows(), clock=clock))
    flows.work()  # the clocks begin
    lived = History(flows, clock, 5)
    lived.tell()
    with ExitStack() as stack:
        url = stack.enter_context(databases.fresh(database_engine))
        folder = write_pack(tmp_path / "other", PACK)
        without = Flows(open_app(stack, url, tmp_path, folder, other))
        told = History(without, other, 5)
        told.tell()
        assert without.all() == []
        write_pack(folder, pack_with_workflows())
        without.site.apply_pack()
        letters: Counter[str] = Counter()
        for key, workflow in without.site.live.catalog.workflows.items():
            found = back_test(without.site, workflow, DAYS, lambda *_: None)
            runs: Runs = Counter((told.names[each.record_id], each.letters) for each in found.examples)
            truth, skipped = live(flows, lived, key)
            assert (key, runs) == (key, truth)
            assert (found.fired, found.skipped, found.waiting) == (truth.total(), skipped, 0)
            assert {told.names[each] for each in found.records} == {name for name, _ in truth}
            assert found.letters == sum(len(addresses) for _, addresses in truth.elements())
            assert found.addresses == {each.casefold() for _, addresses in truth for each in addresses}
            assert found.fired > 1, key
            letters.update(each for one in found.examples for each in one.letters)
        assert without.all() == []
    with flows.site.database.read() as connection:
        mails = Mails(clock).latest(connection, 10_000)
    assert Counter(each.recipient for each in mails) == letters
