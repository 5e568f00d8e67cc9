"""A change that is being carried out: its steps with how far they are, by whoever applies them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import from_json, message
from runtime.change.journal import Change, ask_to_cancel, unfinished
from runtime.change.landing import mark_of
from runtime.change.large import give_up
from runtime.change.locking import who_applies
from runtime.sites.changing import KIND, STEPS
from runtime.storage.errors import BusyError
from runtime.storage.operations import CANCELLED, DONE, QUEUED, StoredOperation
from runtime.web.admin.change_parts import Part, said, step_part
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.operations import STATES
from runtime.web.pages.screen import Screen, record_id

SILENT = timedelta(seconds=20)
"""A large apply that has written nothing down for so long, and holds no lock, is interrupted."""


def run_address(operation_id: int) -> str:
    """The page of a change that is carried out in the background."""
    return f"/admin/changes/runs/{operation_id}"


def show(screen: Screen, call: Call) -> Response:
    """How far it is. htmx asks again for the block alone while it goes on."""
    operation = _operation(call)
    context: dict[str, Any] = {"run": _run(call, operation)}
    if not operation.is_open:
        call.site.refresh()
    if call.is_partial and call.request.headers.get("hx-target", "").endswith("run"):
        context["shell"] = {"csrf": call.session.csrf if call.session is not None else ""}
        return screen.renderer.block("admin/change_run.html", "run", call.actor.language, context)
    return screen.draw(call, "admin/change_run.html", {**context, "admin_tabs": tabs(call, "changes")})


def cancel(screen: Screen, call: Call) -> Response:
    """Have it end: nothing is changed then. What a worker that died has made is cleared away at once."""
    operation, site = _operation(call), call.site
    with site.database.write() as tx:
        site.background.operations.ask_cancel(tx, operation.id)
    with site.database.read() as connection:
        begun = unfinished(connection) if operation.is_open else None
    if begun is not None and begun.target_hash == _mark(operation.arguments):
        with suppress(BusyError):  # then a worker is at it, and clears away by itself
            give_up(site.database, site.clock)
    return RedirectResponse(run_address(operation.id), 303)


def give_up_now(screen: Screen, call: Call) -> Response:
    """Have the large apply given up that another process has begun; where nobody is at it, clear it away."""
    if who_applies(call.site.database) is not None:
        with call.site.database.write() as tx:
            ask_to_cancel(tx.connection, call.site.clock.now())
    else:
        try:
            give_up(call.site.database, call.site.clock)
        except BusyError:
            with call.site.database.write() as tx:
                ask_to_cancel(tx.connection, call.site.clock.now())
    return RedirectResponse("/admin/changes", 303)


def now_part(call: Call) -> Part:
    """What is going on right now, whoever has begun it; ``open`` says whether anything is."""
    site = call.site
    with site.database.read() as connection:
        waiting = site.background.operations.open_one(connection, KIND)
        begun = unfinished(connection)
        operation = site.background.operations.find(connection, waiting) if waiting is not None else None
    if operation is not None:
        return {"open": True, "run": _run(call, operation), "begun": None}
    holder = who_applies(site.database)
    if begun is None and holder is None:
        return {"open": False, "run": None, "begun": None}
    return {"open": True, "run": None, "begun": _begun(call, begun, holder)}


def _begun(call: Call, begun: Change | None, holder: str | None) -> Part:
    """An apply that no operation stands for: that of a command line, or one that nobody goes on with."""
    if begun is None:
        since, by = "", ""
        text = said(call, message("Another process is applying a change: {who}", who=holder or ""))
    else:
        since, by = call.formats.datetime(begun.started_at), begun.applied_by or ""
        text = said(call, message("Begun on {when}: {who}", when=since, who=by or "?"))
    silent = begun is not None and call.site.clock.now() - begun.beat_at > SILENT
    return {
        "text": text,
        "at_work": holder is not None or (begun is not None and not silent),
        "steps": [_journal_step(call, begun, each) for each in _kept_steps(begun)],
        "cancelling": begun is not None and begun.cancel_at is not None,
        "can_cancel": begun is not None,
    }


def _operation(call: Call) -> StoredOperation:
    with call.site.database.read() as connection:
        found = call.site.background.operations.find(connection, record_id(call))
    if found is None or found.kind != KIND:
        raise not_found()
    return found


def _run(call: Call, operation: StoredOperation) -> Part:
    site, arguments = call.site, operation.arguments
    with site.database.read() as connection:
        notes = site.background.operations.notes(connection, operation.id, STEPS, limit=1)
        begun = unfinished(connection) if operation.is_open else None
    kept: Sequence[Mapping[str, Any]] = notes[0][1] if notes else ()
    if begun is not None and begun.target_hash != _mark(arguments):
        begun = None
    left = operation.lease_until is not None and operation.lease_until <= site.clock.now()
    waits = operation.state == QUEUED or (operation.is_open and left)
    state, color = STATES[operation.state]
    revision = (operation.result or {}).get("revision")
    back_to = arguments.get("back_to")
    return {
        "id": operation.id,
        "address": run_address(operation.id),
        "title": said(call, message("Back to revision {number}", number=back_to))
        if back_to
        else call.translate("Apply the files"),
        "message": arguments.get("message") or "",
        "who": arguments.get("by") or "",
        "when": call.formats.datetime(operation.created_at),
        "open": operation.is_open,
        "state": call.translate(state),
        "color": color,
        "waits": waits,
        "again": operation.is_open and operation.claim > (0 if waits else 1),
        "cancelling": operation.cancel_at is not None and operation.is_open,
        "cancelled": operation.state == CANCELLED,
        "error": said(call, from_json(operation.error)) if operation.error else "",
        "steps": [_run_step(call, operation, begun, place, each) for place, each in enumerate(kept)],
        "revision": {
            "text": said(call, message("Applied as revision {number}.", number=revision)),
            "href": f"/admin/changes/{revision}",
        }
        if operation.state == DONE and revision
        else None,
        "anew": f"/admin/changes/{back_to}/rollback" if back_to else "/admin/changes/plan",
    }


def _mark(arguments: Mapping[str, Any]) -> str:
    return mark_of(str(arguments.get("target")), arguments.get("back_to"))


def _run_step(
    call: Call, operation: StoredOperation, begun: Change | None, place: int, step: Mapping[str, Any]
) -> Part:
    if begun is not None:
        return _journal_step(call, begun, step)
    if operation.state == DONE or (operation.is_open and place < operation.done):
        return step_part(call, step) | _progress("done")
    is_at_work = operation.is_open and operation.text is not None and place == operation.done
    return step_part(call, step) | _progress("running" if is_at_work else "waiting")


def _journal_step(call: Call, begun: Change | None, step: Mapping[str, Any]) -> Part:
    state = next((each for each in begun.steps if each.what == step["what"]), None) if begun else None
    part = step_part(call, step)
    if state is None or (not state.is_over and not state.done):
        return part | _progress("waiting")
    if state.is_over:
        return part | _progress("done")
    far = message(
        "{done} of {rows} records",
        done=call.formats.integer(state.done),
        rows=call.formats.integer(max(state.rows, state.done)),
    )
    return part | _progress("running", 100 * state.done // max(state.rows, state.done, 1), said(call, far))


def _kept_steps(begun: Change | None) -> list[Mapping[str, Any]]:
    return [{"what": each.what, "rows": each.rows} for each in begun.steps] if begun is not None else []


def _progress(state: str, percent: int | None = None, far: str = "") -> Part:
    return {"state": state, "percent": percent, "far": far}
