"""A workflow tried on a record: why it runs or not, what would happen, and running it by hand."""

import time
from collections.abc import Sequence
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.automation.dry_running import Dry, DryRun, dry_run
from runtime.automation.starting import MANUAL, Cause, start
from runtime.automation.why_not import Need, Whether, whether
from runtime.language.kinds.workflows import known_steps
from runtime.model.values import Ref
from runtime.model.workflow import Workflow
from runtime.records.explaining import Asking
from runtime.storage.runs import Runs
from runtime.storage.switches import switched_off
from runtime.web.admin.runs import row_of_run, step_of_run
from runtime.web.admin.tabs import tabs
from runtime.web.admin.workflows import ADDRESS, workflow_of
from runtime.web.door import Call
from runtime.web.pages.explain import explained
from runtime.web.pages.screen import Screen
from runtime.web.views import FieldView

Part = dict[str, Any]

SECONDS = 10.0
"""After this long no further workflow is tried; each is taken back before the next one."""


def show(screen: Screen, call: Call) -> Response:
    """Why the workflow runs for the record of the address, or does not."""
    return _page(screen, call, ())


def try_out(screen: Screen, call: Call) -> Response:
    """What would happen: all of it done, and taken back; of this workflow, or of all that are switched on."""
    workflow = workflow_of(call)
    record = _record(call, workflow)
    if record is None:
        return _page(screen, call, ())
    wanted = _switched_on(call, workflow.module) if call.form.text("which") == "all" else [workflow]
    tried: list[DryRun] = []
    end = time.monotonic() + SECONDS
    for each in wanted:
        if time.monotonic() > end:
            break
        tried.append(dry_run(call.site, known_steps(), each, record.id, call.actor.user_id))
    return _page(screen, call, tried, len(wanted) - len(tried))


def run_now(screen: Screen, call: Call) -> Response:
    """Run it for the record, whatever its triggers are; its condition is asked when it begins."""
    workflow = workflow_of(call)
    record = _record(call, workflow)
    if record is None:
        return RedirectResponse(f"{ADDRESS}/{workflow.key}/try", 303)
    with call.site.database.write() as tx:
        cause = Cause(MANUAL, f"manual:{tx.allocate_ids(1)[0]}", call.actor.user_id)
        (number,) = start(tx, call.site.live, Runs(call.site.clock), workflow, [record.id], cause)
        tx.after_commit(call.site.background.wake)
    return RedirectResponse(f"/admin/runs/{number}", 303)


def _page(screen: Screen, call: Call, tried: Sequence[DryRun], left: int = 0) -> Response:
    workflow = workflow_of(call)
    record = _record(call, workflow)
    found = _whether(call, workflow, record) if record is not None else None
    views = screen.views(call)
    context = {
        "try": {
            "workflow": workflow.label.in_language(call.actor.language),
            "href": f"{ADDRESS}/{workflow.key}",
            "picker": FieldView(
                "relation",
                name="record",
                id="record",
                label=call.translate("Record"),
                picker=f"/admin/workbench/records/{workflow.module}",
                value=record.id if record is not None else None,
                text=record.title if record is not None else "",
            ),
            "record": record.id if record is not None else None,
            "needs": [_need(call, views, each) for each in found.needs] if found is not None else [],
            "runs": [row_of_run(call, each, {}) for each in found.runs] if found is not None else [],
            "tried": [_tried(call, each) for each in tried],
            "left": call.formats.integer(left) if left else "",
        },
        "admin_tabs": tabs(call, "workflows"),
    }
    return screen.draw(call, "admin/workflow_try.html", context)


def _switched_on(call: Call, module: str) -> list[Workflow]:
    """The workflows about a module that are at work."""
    with call.site.database.read() as connection:
        off = switched_off(connection)
    of_it = (each for each in call.live.catalog.workflows.values() if each.module == module and each.active)
    return [each for each in of_it if each.key not in off]


def _whether(call: Call, workflow: Workflow, record: Ref) -> Whether:
    live = call.site.live
    with call.site.database.read() as connection:
        asking = Asking(connection, call.actor, call.moment, workflow.module, record.id)
        return whether(live, live.explainer, Runs(call.site.clock), workflow, asking)


def _need(call: Call, views: Any, need: Need) -> Part:
    return {
        "told": need.told.render(call.translate, call.actor.language),
        "holds": need.holds,
        "condition": explained(call, views, need.condition) if need.condition is not None else None,
    }


def _tried(call: Call, tried: DryRun) -> Part:
    return {
        "first": _dry(call, tried.first) if tried.first is not None else None,
        "letters": [
            {"to": each.recipient, "subject": each.subject, "text": each.text} for each in tried.letters
        ],
        "calls": [
            {"method": each.method, "url": each.url, "body": each.body.decode("utf-8", "replace")[:2000]}
            for each in tried.calls
        ],
        "is_whole": tried.is_whole,
    }


def _dry(call: Call, dry: Dry) -> Part:
    return {
        **row_of_run(call, dry.run, {}),
        "steps": [step_of_run(call, each) for each in dry.steps],
        "follow": [_dry(call, each) for each in dry.follow],
    }


def _record(call: Call, workflow: Workflow) -> Ref | None:
    written = call.form.text("record") or call.query("record")
    number = written.strip().rpartition("/")[2]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    with call.site.database.read() as connection:
        return call.live.refs.one(connection, [workflow.module], int(number), call.actor, call.moment)
