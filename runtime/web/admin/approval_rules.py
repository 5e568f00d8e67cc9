"""Approvals on the admin pages: when they are asked for, what they lock, and each chain beside its YAML."""

from collections.abc import Iterator
from typing import Any

from starlette.responses import Response

from runtime.model.approval import Approval
from runtime.storage.approvals import Approvals
from runtime.web.admin.drawn import Head, drawn, text_of
from runtime.web.admin.source import place_of, source_address
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.pages.screen import Screen

Part = dict[str, Any]

ADDRESS = "/admin/approvals"


def show(screen: Screen, call: Call) -> Response:
    """Every approval: of which records, on which condition, and how many wait for a decision."""
    waiting = _waiting(call)
    rows = [_row(call, each, waiting) for each in call.live.catalog.approvals.values()]
    return screen.draw(
        call, "admin/approvals.html", {"approvals": rows, "admin_tabs": tabs(call, "workflows")}
    )


def show_one(screen: Screen, call: Call) -> Response:
    """One approval, drawn, with its text beside it."""
    found = call.live.catalog.approvals.get(call.path("key"))
    if found is None:
        raise not_found()
    context = {
        "approval": {
            **_row(call, found, _waiting(call)),
            "flow": drawn(call, found.procedure, _heads(call, found)),
            "texts": text_of(call, f"schemas/approvals/{found.key}.yaml"),
        },
        "admin_tabs": tabs(call, "workflows"),
    }
    return screen.draw(call, "admin/approval.html", context)


def _waiting(call: Call) -> dict[str, int]:
    with call.site.database.read() as connection:
        return Approvals(call.site.clock).waiting(connection)


def _row(call: Call, approval: Approval, waiting: dict[str, int]) -> Part:
    language, procedure = call.actor.language, approval.procedure
    chain = [step for step in procedure.steps if step.kind == "approval"]
    return {
        "label": approval.label.in_language(language),
        "href": f"{ADDRESS}/{approval.key}",
        "module": call.live.catalog.modules[approval.module].plural.in_language(language),
        "when": procedure.when.text if procedure.when is not None else "",
        "links": len(chain),
        "active": procedure.active,
        "waiting": waiting.get(procedure.key, 0),
        "runs": f"/admin/runs?workflow={procedure.key}",
        "at": place_of(approval.origin),
        "source": source_address(approval.origin),
    }


def _heads(call: Call, approval: Approval) -> Iterator[Head]:
    """When it is asked for, and what nobody changes meanwhile."""
    language = call.actor.language
    module = call.live.catalog.modules[approval.module]
    fields = {each.key: each.label.in_language(language) for each in module.all_fields()}
    rows = {each.key: each.label.in_language(language) for each in module.rows()}
    events = [event for trigger in approval.procedure.triggers for event in trigger.events]
    watched = [fields.get(key, key) for event in events for key in event.fields]
    lines = [call.translate("a record is created")]
    if watched:
        lines.append(
            call.translate("one of these gets another value: {fields}").format(fields=", ".join(watched))
        )
    yield Head("bolt", call.translate("Asked for when"), lines)
    when = approval.procedure.when
    yield Head("filter", call.translate("And this holds"), (), [when.text] if when is not None else [])
    locked = [fields.get(key) or rows.get(key, key) for key in approval.lock]
    yield Head(
        "lock",
        call.translate("Nobody changes this until it is decided"),
        [", ".join(locked)] if locked else [],
    )
