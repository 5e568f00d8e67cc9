"""The back-test of a workflow: how often it would have run lately, started and shown."""

from datetime import datetime
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.automation.operations.back_test import DAYS, KIND, LONGEST
from runtime.base.messages import from_json
from runtime.language.kinds.workflows import known_triggers
from runtime.model.workflow import Workflow
from runtime.storage.operations import StoredOperation
from runtime.web.admin.tabs import tabs
from runtime.web.admin.workflows import ADDRESS, TRIGGERS, workflow_of
from runtime.web.door import Call
from runtime.web.operations import STATES, percent
from runtime.web.pages.screen import Screen

Part = dict[str, Any]

SPANS = (7, 30, DAYS, 365)
KEPT = 5


def show(screen: Screen, call: Call) -> Response:
    """What the latest back-test found, or how far it is."""
    workflow = workflow_of(call)
    with call.site.database.read() as connection:
        operations = call.site.background.operations
        found = operations.about(connection, KIND, workflow.key, KEPT)
        context = {
            "test": {
                "workflow": workflow.label.in_language(call.actor.language),
                "href": f"{ADDRESS}/{workflow.key}",
                "spans": SPANS,
                "days": found[0].arguments["days"] if found else DAYS,
                "latest": _latest(call, connection, workflow, found[0]) if found else None,
            },
            "admin_tabs": tabs(call, "workflows"),
        }
    if call.is_partial and call.request.headers.get("hx-target", "").endswith("back-test"):
        return screen.renderer.block("admin/back_test.html", "found", call.actor.language, context)
    return screen.draw(call, "admin/back_test.html", context)


def begin(screen: Screen, call: Call) -> Response:
    """Begin one in the background."""
    workflow = workflow_of(call)
    written = call.form.text("days").strip()
    days = int(written) if written.isascii() and written.isdigit() and len(written) < 5 else DAYS
    with call.site.database.write() as tx:
        arguments = {"workflow": workflow.key, "days": max(1, min(days, LONGEST))}
        call.site.background.start(tx, KIND, arguments, call.actor, workflow.key)
    return RedirectResponse(f"{ADDRESS}/{workflow.key}/back-test", 303)


def _latest(call: Call, connection: Any, workflow: Workflow, operation: StoredOperation) -> Part:
    state, color = STATES[operation.state]
    result = operation.result or {}
    return {
        "open": operation.is_open,
        "page": f"/operations/{operation.id}",
        "state": call.translate(state),
        "color": color,
        "when": call.formats.datetime(operation.created_at),
        "percent": percent(operation),
        "far": _said(call, operation.text) if operation.text else "",
        "error": _said(call, operation.error) if operation.error else "",
        "text": " ".join(_said(call, result[key]) for key in ("text", "written") if result.get(key)),
        "waiting": result.get("waiting", 0),
        "skipped": result.get("skipped", 0),
        "examples": _examples(call, connection, workflow, result.get("examples", [])),
        "limits": [_said(call, each) for each in result.get("limits", [])],
    }


def _examples(call: Call, connection: Any, workflow: Workflow, told: list[Part]) -> list[Part]:
    ids = sorted({int(each["record"]) for each in told})
    titles = call.live.reader.titles(connection, workflow.module, ids, call.moment) if ids else {}
    return [
        {
            "title": titles.get(int(each["record"])) or call.translate("A record that is gone"),
            "href": f"/app/{workflow.module}/{each['record']}" if int(each["record"]) in titles else "",
            "at": call.formats.datetime(datetime.fromisoformat(each["at"])),
            "begins": call.formats.datetime(datetime.fromisoformat(each["begins"])),
            "what": _happened(call, str(each["what"])),
            "letters": each["letters"],
        }
        for each in told
    ]


def _happened(call: Call, what: str) -> str:
    known = known_triggers().get(what)
    return call.translate(TRIGGERS.get(what, known.says if known is not None else what))


def _said(call: Call, told: Any) -> str:
    return from_json(told).render(call.translate, call.actor.language)
