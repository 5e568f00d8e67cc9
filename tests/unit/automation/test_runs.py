"""Runs: what becomes of them when steps fail, workers die, somebody cancels, and configurations change."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runtime.automation.running import Runner, _Running
from runtime.automation.worker import Worker
from runtime.base.clock import FrozenClock
from runtime.storage.switches import set_switch
from tests.support.crm import App, write_pack
from tests.support.flows import Flows, with_workflow

Crm = Callable[..., App]
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)

STEPS = """
module: accounts
trigger: created
steps:
  - create: {module: tasks, set: {subject: first}}
  - create: {module: tasks, set: {subject: =note}}
  - create: {module: tasks, set: {subject: last}}
"""


def subjects(flows: Flows) -> list[str]:
    return [flows.get("tasks", task)["subject"] for task in flows.ids("tasks")]


def test_a_step_that_fails_ends_the_run_with_the_reason_and_resuming_goes_on_from_it(crm: Crm) -> None:
    flows = Flows(crm(with_workflow(STEPS)))
    account = flows.save("accounts", name="Acme")
    flows.work()
    (run,) = flows.all()
    assert run.state == "failed"
    assert "Subject is required." in str(run.error)
    assert subjects(flows) == ["first"]
    assert [(step.place, step.state) for step in flows.steps(run)] == [("0", "done"), ("1", "failed")]
    flows.save("accounts", account, note="second")
    with flows.site.database.write() as tx:
        assert flows.runs.resume(tx, run.id)
    flows.work()
    assert subjects(flows) == ["first", "second", "last"]
    assert flows.states() == ["done"]


def test_a_wait_that_was_cancelled_and_goes_on_again_ends_at_its_own_moment(crm: Crm) -> None:
    clock = FrozenClock(NOW)
    steps = "[{wait: {for: 2 days}}, {update: {set: {note: late}}}]"
    flows = Flows(crm(with_workflow(f"module: accounts\ntrigger: created\nsteps: {steps}"), clock=clock))
    account = flows.save("accounts", name="Acme")
    flows.work()
    (run,) = flows.all()
    with flows.site.database.write() as tx:
        flows.runs.ask_cancel(tx, run.id)
    assert flows.states() == ["cancelled"]
    with flows.site.database.write() as tx:
        assert flows.runs.resume(tx, run.id)
    flows.work()
    assert flows.states() == ["queued"]
    assert flows.get("accounts", account)["note"] is None
    clock.moment += timedelta(days=2)
    flows.work()
    assert flows.get("accounts", account)["note"] == "late"


@pytest.mark.parametrize("then", ["[{update: {set: {note: sorry}}}]", "{update: {set: {note: sorry}}}"])
def test_a_step_is_tried_again_after_longer_and_longer_pauses_and_then_something_is_done_about_it(
    crm: Crm, then: str
) -> None:
    clock = FrozenClock(NOW)
    retry = f"on_error: {{retry: {{times: 2, backoff: 60 seconds}}, then: {then}}}\n"
    flows = Flows(crm(with_workflow(STEPS + retry), clock=clock))
    account = flows.save("accounts", name="Acme")
    waits = []
    for _ in range(3):
        flows.work()
        (run,) = flows.all()
        waits.append(run.next_at - clock.moment)
        clock.moment = max(clock.moment, run.next_at)
    assert waits[:2] == [timedelta(seconds=60), timedelta(seconds=120)]
    assert run.state == "failed"
    assert flows.get("accounts", account)["note"] == "sorry"
    assert [step.state for step in flows.steps(run)] == ["done", "failed", "failed", "failed", "done"]
    with flows.site.database.write() as tx:
        assert flows.runs.resume(tx, run.id)
    flows.work()
    assert flows.states() == ["done"]
    assert subjects(flows) == ["first", "sorry", "last"]


def test_a_worker_that_dies_leaves_its_run_to_the_next_and_no_step_is_done_twice(
    crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FrozenClock(NOW)
    flows = Flows(crm(with_workflow(STEPS), clock=clock))
    flows.save("accounts", name="Acme", note="second")
    for after in (1, 1):
        with dying(monkeypatch, after), pytest.raises(PowerCut):
            flows.work()
        assert flows.states() == ["running"]
        assert Worker(flows.site, flows.site.background, "other").drain() == 0
        clock.moment += timedelta(seconds=31)
    Worker(flows.site, flows.site.background, "other").drain()
    assert subjects(flows) == ["first", "second", "last"]
    assert flows.states() == ["done"]


class PowerCut(BaseException):
    """Nothing in the program may catch this, as nothing catches SIGKILL."""


@contextmanager
def dying(monkeypatch: pytest.MonkeyPatch, after: int) -> Iterator[None]:
    """The power is cut in the middle of a step's transaction, after so many steps have landed."""
    note = _Running._note
    left = [after]

    def cut(self: _Running, *given: object) -> int:
        left[0] -= 1
        if left[0] < 0:
            raise PowerCut
        return note(self, *given)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(_Running, "_note", cut)
        yield


def test_who_was_taken_for_dead_writes_nothing_any_more(crm: Crm) -> None:
    clock = FrozenClock(NOW)
    flows = Flows(crm(with_workflow(STEPS), clock=clock))
    flows.save("accounts", name="Acme", note="second")
    other = Worker(flows.site, flows.site.background, "other")
    runner = Runner(flows.site, other._runner._kinds, "test", timedelta(seconds=30), other.stopping)
    with flows.site.database.write() as tx:
        (run,) = runner.runs.claim(tx, "test", timedelta(seconds=30), 5)
    clock.moment += timedelta(seconds=31)
    other.drain()
    runner._do(run)
    assert subjects(flows) == ["first", "second", "last"]


def test_what_waits_can_be_cancelled_and_a_run_can_be_done_again(crm: Crm) -> None:
    flows = Flows(crm(with_workflow(STEPS)))
    flows.save("accounts", name="Acme", note="second")
    (run,) = flows.all()
    with flows.site.database.write() as tx:
        assert flows.runs.ask_cancel(tx, run.id)
    assert flows.work() == 0
    assert flows.states() == ["cancelled"]
    with flows.site.database.write() as tx:
        flows.runs.again(tx, run, run.digest, run.revision_id, None)
    flows.work()
    assert subjects(flows) == ["first", "second", "last"]


def test_two_workflows_that_set_each_other_going_are_cut_with_a_trace(crm: Crm) -> None:
    ping = "module: deals\ntrigger: {changed: turns}\nsteps: [{update: {set: {turns: =turns + 1}}}]\n"
    flows = Flows(crm(with_workflow(ping, "ping")))
    deal = flows.save("deals", name="Big")
    flows.save("deals", deal, turns=1)
    flows.work()
    assert flows.states() == ["done"] * 8 + ["cut"]
    assert flows.get("deals", deal)["turns"] == 9
    cut = flows.all()[-1]
    assert " → ".join(["ping"] * 8) in str(cut.error)


def test_a_run_that_is_put_off_begins_in_time_and_looks_at_its_condition_again(crm: Crm) -> None:
    clock = FrozenClock(NOW)
    later = (
        "module: deals\ntrigger: saved\nwhen: stage == 'open'\ndelay: 2 days\nrecheck: true\n"
        "steps: [{update: {set: {note: late}}}]"
    )
    flows = Flows(crm(with_workflow(later), clock=clock))
    still, gone = (flows.save("deals", name=name) for name in "AB")
    flows.save("deals", gone, stage="won")
    assert flows.work() == 0
    clock.moment += timedelta(days=2)
    flows.work()
    assert [run.state for run in flows.all()][:2] == ["done", "skipped"]
    assert [flows.get("deals", deal)["note"] for deal in (still, gone)] == ["late", None]


def test_a_delayed_step_reads_todays_values_and_the_old_ones_of_its_save(crm: Crm) -> None:
    clock = FrozenClock(NOW)
    text = (
        "module: deals\ntrigger: {changed: stage}\ndelay: 1 day\nsteps:\n"
        "  - update: {set: {note: \"=concat(old.stage, ' to ', stage, ', ', changed(stage))\"}}"
    )
    flows = Flows(crm(with_workflow(text), clock=clock))
    deal = flows.save("deals", name="A")
    flows.save("deals", deal, stage="won")
    clock.moment += timedelta(hours=1)
    flows.save("deals", deal, stage="open")
    clock.moment += timedelta(hours=23)
    flows.work()
    assert flows.get("deals", deal)["note"] == "Open to Open, true"


def test_a_run_ends_on_the_steps_that_it_began_with_and_follows_renames(crm: Crm) -> None:
    before = "module: accounts\ntrigger: created\ndelay: 1 day\nsteps: [{update: {set: {note: =type}}}]"
    clock = FrozenClock(NOW)
    app = crm(with_workflow(before), clock=clock)
    flows = Flows(app)
    account = flows.save("accounts", name="Acme", type="old steps")
    renamed = with_workflow(before.replace("=type", "=name")).replace(
        "type: {type: text}\n", "kind: {type: text, was: type}\n", 1
    )
    write_pack(app.folder, renamed)
    outcome = app.site.apply_pack()
    assert app.site.live.revision == 2, outcome
    clock.moment += timedelta(days=1)
    flows.work()
    assert flows.states() == ["done"]
    assert flows.get("accounts", account)["note"] == "old steps"


def test_it_does_so_where_the_next_version_of_the_pack_lies_in_another_folder(
    crm: Crm, tmp_path: Path
) -> None:
    before = "module: accounts\ntrigger: created\ndelay: 1 day\nsteps: [{update: {set: {note: old steps}}}]"
    clock = FrozenClock(NOW)
    flows = Flows(crm(with_workflow(before), clock=clock))
    account = flows.save("accounts", name="Acme")
    folder = write_pack(tmp_path / "pack-1.1", with_workflow(before.replace("old", "new")))
    app = crm(pack=folder, clock=clock)
    outcome = app.site.apply_pack()
    assert app.site.live.revision == 2, outcome
    clock.moment += timedelta(days=1)
    flows = Flows(app)
    flows.work()
    assert flows.states() == ["done"]
    assert flows.get("accounts", account)["note"] == "old steps"


def test_a_workflow_that_is_switched_off_sets_nothing_going(crm: Crm) -> None:
    flows = Flows(crm(with_workflow(STEPS)))
    with flows.site.database.write() as tx:
        set_switch(tx, "flow", flows.runs.clock.now(), None, on=False)
    flows.save("accounts", name="Acme")
    assert flows.all() == []
    with flows.site.database.write() as tx:
        set_switch(tx, "flow", flows.runs.clock.now(), None, on=True)
    flows.save("accounts", name="Other")
    assert len(flows.all()) == 1


def test_a_run_waits_for_a_while_or_until_a_moment_and_then_deletes(crm: Crm) -> None:
    clock = FrozenClock(NOW)
    text = (
        "module: tasks\ntrigger: created\nsteps:\n"
        "  - wait: {for: 2 days}\n  - update: {set: {subject: waited}}\n"
        "  - wait: {until: =due}\n  - delete: {record: =this}\n"
    )
    flows = Flows(crm(with_workflow(text), clock=clock))
    task = flows.save("tasks", subject="new", due="2026-03-10")
    flows.work()
    assert flows.states() == ["queued"]
    clock.moment += timedelta(days=2)
    flows.work()
    assert flows.get("tasks", task)["subject"] == "waited"
    assert [run.next_at for run in flows.all()] == [datetime(2026, 3, 9, 22, 0, tzinfo=UTC)]
    clock.moment = datetime(2026, 3, 9, 22, 0, tzinfo=UTC)
    flows.work()
    assert flows.ids("tasks") == []
    assert flows.states() == ["done"]
