"""Runs of workflows on the admin pages: search, what each step read and did, and mending what failed."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from runtime.automation.replaying import by_names_of_now
from runtime.base.messages import from_json, phrase
from runtime.language.kinds.workflows import known_steps
from runtime.storage.runs import (
    CANCELLED,
    CUT,
    DONE,
    FAILED,
    OPEN,
    QUEUED,
    RUNNING,
    SKIPPED,
    Runs,
    StoredRun,
    StoredStep,
    Wanted,
)
from runtime.web.admin.drawn import address_of
from runtime.web.admin.effects import sentences
from runtime.web.admin.tabs import tabs
from runtime.web.admin.workflows import TRIGGERS
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.pages.screen import Screen, record_id

Part = dict[str, Any]

ADDRESS = "/admin/runs"
SIZE = 50
STEPS = 200
"""So many of a run's steps are shown at a time: one that goes through records has done very many."""

STATES: Mapping[str, tuple[str, str]] = {
    QUEUED: (phrase("Waiting"), "gray"),
    RUNNING: (phrase("Running"), "blue"),
    DONE: (phrase("Done"), "green"),
    FAILED: (phrase("Failed"), "red"),
    CANCELLED: (phrase("Cancelled"), "gray"),
    SKIPPED: (phrase("Did not apply"), "gray"),
    CUT: (phrase("Cut short"), "red"),
}
"""What a state is called in English, and its colour."""
CAUSES: Mapping[str, str] = {
    **TRIGGERS,
    "tool": phrase("somebody uses the tool"),
    "approval": phrase("it is to be approved"),
    "run_workflow": phrase("another workflow runs it"),
}
"""Why a run has begun, in English."""


def show(screen: Screen, call: Call) -> Response:
    """The newest runs, of a workflow, in a state, or of a record where the address names them."""
    wanted = _wanted(call)
    with call.site.database.read() as connection:
        latest = Runs(call.site.clock).latest(connection, wanted, SIZE + 1)
        found = [by_names_of_now(call.live, run) for run in latest]
        titles = titles_of(call, connection, found[:SIZE])
    kept = {"workflow": wanted.workflow, "state": wanted.state, "record": wanted.record_id or ""}
    more = urlencode({**kept, "before": found[SIZE - 1].id}) if len(found) > SIZE else ""
    language = call.actor.language
    context = {
        "runs": {
            "rows": [row_of_run(call, run, titles) for run in found[:SIZE]],
            "wanted": kept,
            "states": [(key, call.translate(label)) for key, (label, _) in STATES.items()],
            "workflows": [
                (key, each.label.in_language(language)) for key, each in call.live.catalog.procedures.items()
            ],
            "more": f"{ADDRESS}?{more}" if more else None,
        },
        "admin_tabs": tabs(call, "workflows"),
    }
    return screen.draw(call, "admin/runs.html", context)


def show_one(screen: Screen, call: Call) -> Response:
    """One run: what caused it, what each step read and did, and why it failed."""
    run = run_of(call)
    runs = Runs(call.site.clock)
    with call.site.database.read() as connection:
        steps = runs.latest_steps(connection, run.id, _number(call.query("before")), STEPS + 1)
        titles = titles_of(call, connection, [run])
    shown = steps[-STEPS:]
    label = partial(_label, call, run)
    is_known = run.workflow in call.live.catalog.procedures
    context = {
        "run": {
            **row_of_run(call, run, titles),
            "open": run.state in OPEN,
            "cancelling": run.cancel_at is not None,
            "resumable": run.state in (FAILED, CANCELLED),
            "repeatable": is_known and run.state not in OPEN,
            "next": call.formats.datetime(run.next_at) if run.state == QUEUED and not run.watching else "",
            "watching": run.state == QUEUED and bool(run.watching),
            "what": run.inputs.get("what", ""),
            "changed": ", ".join(label(key) for key in run.inputs.get("changed", ())),
            "old": [(label(key), str(value)) for key, value in run.inputs.get("old", {}).items()],
            "chain": [(f"{ADDRESS}/{number}", workflow) for number, workflow in run.chain],
            "steps": [step_of_run(call, step) for step in shown],
            "more": f"{ADDRESS}/{run.id}?before={shown[0].id}" if len(steps) > STEPS else None,
            "workflow_href": address_of(run.workflow) if is_known else None,
            "left_out": run.state == SKIPPED,
            "try_href": _try_href(call, run),
        },
        "admin_tabs": tabs(call, "workflows"),
    }
    return screen.draw(call, "admin/run.html", context)


def cancel(screen: Screen, call: Call) -> Response:
    """Have it end after the step that is under way."""
    run = run_of(call)
    with call.site.database.write() as tx:
        Runs(call.site.clock).ask_cancel(tx, run.id)
    return RedirectResponse(f"{ADDRESS}/{run.id}", 303)


def resume(screen: Screen, call: Call) -> Response:
    """Let it go on from the step where it ended."""
    run = run_of(call)
    with call.site.database.write() as tx:
        if Runs(call.site.clock).resume(tx, run.id):
            tx.after_commit(call.site.background.wake)
    return RedirectResponse(f"{ADDRESS}/{run.id}", 303)


def again(screen: Screen, call: Call) -> Response:
    """Run the workflow of today once more from its first step, for the same cause."""
    run = run_of(call)
    workflow = call.live.catalog.procedures.get(run.workflow)
    if workflow is None or run.state in OPEN:
        raise not_found()
    with call.site.database.write() as tx:
        started = Runs(call.site.clock).again(
            tx, run, workflow.digest, call.live.revision, call.actor.user_id
        )
        tx.after_commit(call.site.background.wake)
    return RedirectResponse(f"{ADDRESS}/{started}", 303)


def run_of(call: Call) -> StoredRun:
    """The run of the address, by the names of now."""
    with call.site.database.read() as connection:
        found = Runs(call.site.clock).find(connection, record_id(call))
    if found is None:
        raise not_found()
    return by_names_of_now(call.live, found)


def _label(call: Call, run: StoredRun, key: str) -> str:
    """What a field of the run's record is called."""
    module = call.live.catalog.modules.get(run.module)
    field = module.field(key) if module is not None else None
    return field.label.in_language(call.actor.language) if field is not None else key


def _try_href(call: Call, run: StoredRun) -> str | None:
    """Where it is told why a workflow runs for the record, or does not."""
    if run.workflow not in call.live.catalog.workflows or run.record_id is None:
        return None
    return f"{address_of(run.workflow)}/try?record={run.record_id}"


def _wanted(call: Call) -> Wanted:
    state = call.query("state")
    return Wanted(
        call.query("workflow").strip()[:200],
        state if state in STATES else "",
        _number(call.query("record")),
        _number(call.query("before")),
    )


def _number(text: str) -> int | None:
    last = text.strip().rpartition("/")[2]
    return int(last) if last.isascii() and last.isdigit() and len(last) < 19 else None


def titles_of(call: Call, connection: Any, runs: list[StoredRun]) -> dict[int, str]:
    """What the records are called: one statement a module."""
    by_module: dict[str, set[int]] = {}
    for run in runs:
        if run.record_id is not None and run.module in call.live.catalog.modules:
            by_module.setdefault(run.module, set()).add(run.record_id)
    found: dict[int, str] = {}
    for module, ids in by_module.items():
        found |= call.live.reader.titles(connection, module, sorted(ids), call.moment)
    return found


def row_of_run(call: Call, run: StoredRun, titles: Mapping[int, str]) -> Part:
    """A run as templates draw it."""
    workflow = call.live.catalog.procedures.get(run.workflow)
    state, color = STATES[run.state]
    return {
        "id": run.id,
        "href": f"{ADDRESS}/{run.id}",
        "workflow": workflow.label.in_language(call.actor.language) if workflow else run.workflow,
        "record": titles.get(run.record_id or 0)
        or (f"{run.module}/{run.record_id}" if run.record_id else ""),
        "record_href": f"/app/{run.module}/{run.record_id}" if run.record_id in titles else None,
        "trigger": call.translate(CAUSES[run.trigger]) if run.trigger in CAUSES else run.trigger,
        "state": call.translate(state),
        "color": color,
        "when": call.formats.datetime(run.started_at or run.created_at),
        "error": from_json(run.error).render(call.translate, call.actor.language) if run.error else "",
    }


def step_of_run(call: Call, step: StoredStep) -> Part:
    """What a step did, as templates draw it."""
    kind = known_steps().get(step.kind)
    state, color = STATES[step.state]
    effects = step.effects or {}
    target = effects.get("opens") or effects.get("prints") or (effects.get("module"), effects.get("id"))
    return {
        "place": step.place,
        "title": call.translate(kind.title.text) if kind is not None else step.kind,
        "state": call.translate(state),
        "color": color,
        "reads": [(key, _read(call, value)) for key, value in (step.reads or {}).items()],
        "effects": " ".join(sentences(call, effects)),
        "target": f"/app/{target[0]}/{target[1]}" if None not in target else None,
        "error": from_json(step.error).render(call.translate, call.actor.language) if step.error else "",
        "took": call.formats.integer(step.took),
        "when": call.formats.datetime(step.at),
    }


def _read(call: Call, value: object) -> str:
    """What a step read, as people write it."""
    if isinstance(value, bool):
        return call.translate("Yes") if value else call.translate("No")
    if isinstance(value, list):
        return ", ".join(_read(call, each) for each in value)
    return call.translate("empty") if value is None else str(value)
