"""One operation in the background: how far it is, what came of it, and the files that it made."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.automation.background import RESUMED
from runtime.base.messages import from_json, phrase
from runtime.sites.changing import KIND as CHANGE
from runtime.storage.operations import DONE, StoredOperation
from runtime.web.admin.change_run import run_address
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.operations import STATES, changed, is_undoable, may_see, percent
from runtime.web.pages.screen import Screen, record_id

COUNTS: Mapping[str, str] = {
    "created": phrase("Created"),
    "updated": phrase("Updated"),
    "unchanged": phrase("Unchanged"),
    "refused": phrase("Refused"),
    "records": phrase("Records"),
    "deleted": phrase("Deleted files"),
    "discarded": phrase("Discarded contents"),
    "kept": phrase("Kept as they are"),
}
FILES: Mapping[str, str] = {
    "errors": phrase("The refused rows, with the reasons"),
    "file": phrase("The file"),
    "refused": phrase("The refused records, with the reasons"),
}
"""What counts and files are called in English; others by their own name."""


def address(operation_id: int) -> str:
    """The address of an operation's page."""
    return f"/operations/{operation_id}"


def show(screen: Screen, call: Call) -> Response:
    """How far it is. htmx asks again for the block alone while it goes on."""
    operation = own_operation(call)
    if operation.kind == CHANGE and call.actor.admin:
        return RedirectResponse(run_address(operation.id), 303)
    context = {"operation": _context(call, operation)}
    if call.is_partial and call.request.headers.get("hx-target", "").endswith("operation"):
        context["shell"] = {"csrf": call.session.csrf if call.session is not None else ""}
        return screen.renderer.block("pages/operation.html", "operation", call.actor.language, context)
    return screen.draw(call, "pages/operation.html", context, at=str(operation.arguments.get("module", "")))


def cancel(screen: Screen, call: Call) -> Response:
    """Have it end after the batch that is under way."""
    operation = own_operation(call)
    with call.site.database.write() as tx:
        call.site.background.cancel(tx, operation.id)
    return RedirectResponse(address(operation.id), 303)


def undo(screen: Screen, call: Call) -> Response:
    """Have what it has changed taken back, in the background too; once."""
    operation = own_operation(call)
    with call.site.database.write() as tx:
        found = call.site.background.operations.find(tx.connection, operation.id)
        if found is None or not is_undoable(found, call.site.background.kinds):
            raise not_found()
        arguments = {"operation": found.id, "records": changed(found)}
        started = call.site.background.start(tx, "undo", arguments, call.actor, found.about)
        call.site.background.operations.mark_undone(tx, found.id, started)
    return RedirectResponse(address(started), 303)


def resume(screen: Screen, call: Call) -> Response:
    """Have what was cancelled, or failed, begun anew where it is owed."""
    operation = own_operation(call)
    with call.site.database.write() as tx:
        started = call.site.background.resume(tx, operation.id, call.actor.user_id)
    return RedirectResponse(address(started or operation.id), 303)


def own_operation(call: Call) -> StoredOperation:
    """The operation that the address names: the reader's own, or anybody's for an admin."""
    with call.site.database.read() as connection:
        found = call.site.background.operations.find(connection, record_id(call))
    if found is None or not may_see(call.actor, found):
        raise not_found()
    return found


def _context(call: Call, operation: StoredOperation) -> dict[str, Any]:
    kind = call.site.background.kinds.get(operation.kind)
    state, color = STATES[operation.state]
    result = operation.result or {}
    module = call.live.catalog.modules.get(str(operation.arguments.get("module", "")))
    dry = operation.kind == "import" and bool(operation.arguments.get("dry"))
    return {
        "id": operation.id,
        "title": _said(call, kind.title) if kind is not None else operation.kind,
        "about": operation.about,
        "dry": dry,
        "address": address(operation.id),
        "open": operation.is_open,
        "cancelling": operation.cancel_at is not None,
        "state": call.translate(state),
        "color": color,
        "done": operation.done,
        "total": operation.total,
        "percent": percent(operation),
        "text": _said(call, from_json(operation.text)) if operation.text else "",
        "error": _said(call, from_json(operation.error)) if operation.error else "",
        "counts": [
            (call.translate(COUNTS.get(key, key)), call.formats.integer(number), key)
            for key, number in result.get("counts", {}).items()
        ],
        "files": [
            {"label": call.translate(FILES.get(key, key)), "href": f"/app/files/{number}/content"}
            for key, number in result.get("files", {}).items()
        ],
        "module": None
        if module is None
        else {"label": module.plural.in_language(call.actor.language), "href": f"/app/{module.key}"},
        "undo_action": f"{address(operation.id)}/undo"
        if is_undoable(operation, call.site.background.kinds)
        else None,
        "resume_action": f"{address(operation.id)}/resume" if _is_resumable(call, operation) else None,
        "undone_href": address(result["undone"]) if "undone" in result else None,
        "map_href": _map_address(operation),
        "start_action": f"/app/{operation.arguments.get('module')}/import/start"
        if dry and operation.state == DONE
        else None,
    }


def _is_resumable(call: Call, operation: StoredOperation) -> bool:
    kind = call.site.background.kinds.get(operation.kind)
    is_owed = operation.state in RESUMED and not operation.was_undone
    return kind is not None and kind.resumable and is_owed


def _map_address(operation: StoredOperation) -> str | None:
    if operation.kind != "import" or operation.is_open or "file" not in operation.arguments.get("files", {}):
        return None
    arguments = operation.arguments
    return f"/app/{arguments['module']}/import/map?file={arguments['files']['file']}"


def _said(call: Call, said: Any) -> str:
    return str(said.render(call.translate, call.actor.language))
