"""Runs that are done again, or replayed, after renames: they know what their saves had changed."""

from collections.abc import Callable

import pytest

from runtime.automation.replaying import by_names_of_now, replay
from runtime.language.kinds.workflows import known_steps
from runtime.storage.runs import StoredRun
from tests.support.crm import App, write_pack
from tests.support.flows import Flows, with_workflow

Crm = Callable[..., App]

FLOW = """
module: deals
trigger: {changed: stage}
steps:
  - create:
      module: tasks
      set: {subject: "=concat(old.stage, ' to ', stage, ': ', changed(stage), changed(amount))"}
"""


@pytest.fixture
def flows(crm: Crm) -> Flows:
    """A run for a deal that was won, after which all that it speaks of was renamed."""
    app = crm(with_workflow(FLOW))
    flows = Flows(app)
    deal = flows.save("deals", name="Big")
    flows.save("deals", deal, stage="won", note="x")
    flows.work()
    (app.folder / "schemas" / "modules" / "deals.yaml").unlink()
    write_pack(app.folder, renamed())
    outcome = app.site.apply_pack()
    assert app.site.live.revision == 2, outcome
    return flows


def renamed() -> str:
    """The same, in other words."""
    text = with_workflow(FLOW.replace("module: deals", "module: chances").replace("stage", "phase"))
    for was, now in (
        ("        open: {kind: open}", "        fresh: {kind: open, was: open, label: Open}"),
        ("default: open", "default: fresh"),
        ("schemas/modules/deals.yaml:\n", "schemas/modules/chances.yaml:\n      was: deals\n"),
        ("stage: {type: picklist,", "phase: {was: stage, type: picklist,"),
        ("stage.kind", "phase.kind"),
        ("module: deals", "module: chances"),
    ):
        assert was in text, was
        text = text.replace(was, now)
    return text


def again(flows: Flows, run: StoredRun) -> None:
    """Do the workflow of today once more, for the same cause."""
    live = flows.site.live
    workflow = live.catalog.workflows["flow"]
    with flows.site.database.write() as tx:
        flows.runs.again(tx, by_names_of_now(live, run), workflow.digest, live.revision, None)
    flows.work()


def test_a_run_done_again_knows_what_its_save_changed_by_the_names_of_now(flows: Flows) -> None:
    (run,) = flows.all()
    again(flows, run)
    assert flows.states() == ["done", "done"]
    assert flows.all()[1].module == "chances"
    told = [flows.get("tasks", task)["subject"] for task in flows.ids("tasks")]
    assert told == ["Open to Won: truefalse", "Open to Won: truefalse"]
    again(flows, flows.all()[1])
    assert flows.get("tasks", flows.ids("tasks")[-1])["subject"] == "Open to Won: truefalse"


def test_a_replay_after_renames_does_the_same(flows: Flows) -> None:
    (run,) = flows.all()
    with flows.site.database.read() as connection:
        steps = flows.runs.steps(connection, run.id)
    workflow = flows.site.live.catalog.workflows["flow"]
    found = replay(flows.site, known_steps(), workflow, run, steps)
    assert [(each.place, each.is_same) for each in found.steps] == [("0", True)]
    assert len(flows.ids("tasks")) == 1
    assert found.dry.first is not None
    assert found.dry.first.run.inputs["old"] == {"phase": "fresh"}


def test_a_value_of_another_type_than_the_fields_of_today_is_left_out(crm: Crm) -> None:
    step = """{update: {set: {name: "=concat(old.note, '!')"}}}"""
    text = f"module: deals\ntrigger: {{changed: note}}\nsteps: [{step}]"
    app = crm(with_workflow(text))
    flows = Flows(app)
    deal = flows.save("deals", name="Big", note="a word")
    flows.save("deals", deal, note="7")
    flows.work()
    assert flows.get("deals", deal)["name"] == "a word!"
    head, _, tail = with_workflow(text.replace("old.note", "text(old.note)")).partition("deals.yaml")
    write_pack(
        app.folder, head + "deals.yaml" + tail.replace("note: {type: text}", "note: {type: integer}", 1)
    )
    outcome = app.site.apply_pack()
    assert app.site.live.revision == 2, outcome
    (run,) = flows.all()
    again(flows, run)
    assert flows.states() == ["done", "done"]
    assert flows.get("deals", deal)["name"] == "7!"  # what it holds today: nothing better is known
