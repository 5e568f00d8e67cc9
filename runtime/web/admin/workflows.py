"""Workflows on the admin pages: the list with its switches, and each drawn beside its YAML."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.automation.starting import WEBHOOK
from runtime.base.messages import phrase
from runtime.language.kinds.workflows import known_triggers
from runtime.model.duration import write_duration
from runtime.model.workflow import Event, Trigger, Workflow
from runtime.storage.runs import DONE, FAILED, QUEUED, RUNNING, Runs
from runtime.storage.switches import set_switch, switched_off
from runtime.web.admin.drawn import Head, drawn, text_of
from runtime.web.admin.source import place_of, source_address
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.pages.screen import Screen

Part = dict[str, Any]

ADDRESS = "/admin/workflows"
RECENT = timedelta(days=7)

TRIGGERS: Mapping[str, str] = {
    "created": phrase("a record is created"),
    "updated": phrase("a record is changed after it was created"),
    "saved": phrase("a record is created or changed"),
    "deleted": phrase("a record is deleted"),
    "restored": phrase("a record comes back from the bin"),
    "changed": phrase("a field gets another value"),
    "related": phrase("something happens to a related record"),
    "linked": phrase("another record is linked to it"),
    "unlinked": phrase("another record is linked to it no more"),
    "schedule": phrase("the clock comes to a time"),
    "date": phrase("a date of the record has come"),
    "webhook": phrase("another system calls"),
    "manual": phrase("somebody asks for it"),
}
"""What triggers say, so that it is translated; others say it in English."""


def show(screen: Screen, call: Call) -> Response:
    """Every workflow: why it runs, how often it has lately, and whether it is switched on."""
    runs = Runs(call.site.clock)
    with call.site.database.read() as connection:
        counts = runs.counts(connection, call.site.clock.now() - RECENT)
        off = switched_off(connection)
    rows = [_row(call, each, counts, off) for each in call.live.catalog.workflows.values()]
    context = {"workflows": {"rows": rows}, "admin_tabs": tabs(call, "workflows")}
    return screen.draw(call, "admin/workflows.html", context)


def show_one(screen: Screen, call: Call) -> Response:
    """One workflow, drawn, with its text beside it."""
    workflow = workflow_of(call)
    runs = Runs(call.site.clock)
    with call.site.database.read() as connection:
        off = switched_off(connection)
        counts = runs.counts(connection, call.site.clock.now() - RECENT)
    context = {
        "workflow": {
            **_row(call, workflow, counts, off),
            "flow": drawn(call, workflow, heads_of(call, workflow)),
            "texts": text_of(call, f"schemas/workflows/{workflow.key}.yaml"),
        },
        "admin_tabs": tabs(call, "workflows"),
    }
    return screen.draw(call, "admin/workflow.html", context)


def switch(screen: Screen, call: Call) -> Response:
    """Switch it on or off: what has begun goes on."""
    workflow = workflow_of(call)
    with call.site.database.write() as tx:
        on = call.form.text("on") == "yes"
        set_switch(tx, workflow.key, call.site.clock.now(), call.actor.user_id, on=on)
    return RedirectResponse(f"{ADDRESS}/{workflow.key}", 303)


def workflow_of(call: Call) -> Workflow:
    """The workflow of the address."""
    found = call.live.catalog.workflows.get(call.path("key"))
    if found is None:
        raise not_found()
    return found


def _row(call: Call, workflow: Workflow, counts: Mapping[tuple[str, str], int], off: frozenset[str]) -> Part:
    language, number = call.actor.language, call.formats.integer
    module = call.live.catalog.modules[workflow.module]
    return {
        "key": workflow.key,
        "label": workflow.label.in_language(language),
        "href": f"{ADDRESS}/{workflow.key}",
        "module": module.plural.in_language(language),
        "why": "; ".join(_trigger(call, each) for each in workflow.triggers),
        "active": workflow.active,
        "on": workflow.active and workflow.key not in off,
        "done": number(counts.get((workflow.key, DONE), 0)),
        "failed": counts.get((workflow.key, FAILED), 0),
        "open": counts.get((workflow.key, QUEUED), 0) + counts.get((workflow.key, RUNNING), 0),
        "runs": f"/admin/runs?workflow={workflow.key}",
        "at": place_of(workflow.origin),
        "source": source_address(workflow.origin),
    }


def heads_of(call: Call, workflow: Workflow) -> Iterable[Head]:
    """What sets a workflow going, and when its steps begin."""
    yield Head("bolt", call.translate("Runs when"), [_trigger(call, each) for each in workflow.triggers])
    yield Head(
        "filter",
        call.translate("And this holds"),
        (),
        [workflow.when.text] if workflow.when is not None else [],
    )
    if workflow.once:
        yield Head("check", call.translate("Once"), [call.translate("For each record once, for ever.")])
    again = [call.translate("By then the condition is looked at again.")] if workflow.recheck else []
    if workflow.delay is not None:
        later = call.translate("It begins {delay} later.").format(delay=write_duration(workflow.delay))
        yield Head("hourglass", call.translate("Later"), [later, *again])
    elif workflow.until is not None:
        yield Head("hourglass", call.translate("It begins at"), again, [workflow.until.text])
    if workflow.as_causer:
        yield Head(
            "user",
            call.translate("With whose rights"),
            [call.translate("It writes with the rights of whoever causes it.")],
        )
    elif workflow.run_as is not None:
        yield Head("user", call.translate("It writes with the rights of"), (), [workflow.run_as.text])


def _trigger(call: Call, trigger: Trigger) -> str:
    said = call.translate(TRIGGERS.get(trigger.kind, known_triggers()[trigger.kind].says))
    fields = next((event.fields for event in trigger.events if event.fields), ())
    more = f"{', '.join(fields)}{_values(trigger.events)}" if fields else _more(call, trigger)
    return f"{said}: {more}" if more else said


def _more(call: Call, trigger: Trigger) -> str:
    """What else a trigger says: a collection, a time, the address that is called."""
    if trigger.kind == WEBHOOK:
        address = f"{call.site.settings.url}/hooks/{trigger.settings['key']}"
        secret = call.translate("signed with the secret {name}").format(name=trigger.settings["secret"])
        return f"{address}, {secret}"
    collections = [each.collection.key for each in trigger.events if each.collection is not None]
    settings = [
        f"{key} {write_duration(value) if isinstance(value, timedelta) else value}"
        for key, value in trigger.settings.items()
        if value and not isinstance(value, Mapping)
    ]
    return ", ".join((*collections, *settings))


def _values(events: Iterable[Event]) -> str:
    for event in events:
        before, after = (", ".join(map(str, each or ())) for each in (event.before, event.after))
        if before or after:
            return f" ({before or '…'} → {after or '…'})"
    return ""
