"""The list of what goes on in the background: one's own, and for administrators everybody's."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from runtime.base.messages import Message, from_json, message
from runtime.storage.operations import StoredOperation
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.operations import STATES, percent
from runtime.web.pages.screen import Screen

SIZE = 50


def mine(screen: Screen, call: Call) -> Response:
    """What the reader has started."""
    return _show(screen, call, "/operations", call.actor.user_id)


def everybodys(screen: Screen, call: Call) -> Response:
    """Everything, what the system has started too."""
    return _show(screen, call, "/admin/operations", None)


def _show(screen: Screen, call: Call, address: str, user_id: int | None) -> Response:
    before = call.query("before")
    last = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    with call.site.database.read() as connection:
        found = call.site.background.operations.latest(connection, SIZE + 1, user_id, last)
        users = {each.user_id for each in found if each.user_id is not None} if user_id is None else set()
        names = call.live.reader.titles(connection, "users", sorted(users), call.moment) if users else {}
    more = f"{address}?before={found[SIZE - 1].id}" if len(found) > SIZE else None
    rows = [_row(call, each, names) for each in found[:SIZE]]
    context: dict[str, Any] = {
        "operations": {
            "rows": rows,
            "everybodys": user_id is None,
            "open": any(row["open"] for row in rows),
            "address": address if last is None else f"{address}?before={last}",
            "pager": {
                "label": call.translate("Pages"),
                "text": "",
                "sizes": (),
                "prev": address if last is not None else None,
                "next": more,
            }
            if more or last is not None
            else None,
        },
    }
    if call.is_partial:
        context["shell"] = {"csrf": call.session.csrf if call.session is not None else ""}
        return screen.renderer.block("pages/operations.html", "rows", call.actor.language, context)
    if user_id is None:
        context["admin_tabs"] = tabs(call, "operations")
    return screen.draw(call, "pages/operations.html", context)


def _row(call: Call, operation: StoredOperation, names: Mapping[int, str]) -> dict[str, Any]:
    kind = call.site.background.kinds.get(operation.kind)
    state, color = STATES[operation.state]
    who = names.get(operation.user_id or 0)
    title = _said(call, kind.title) if kind is not None else operation.kind
    name = f"{title}: {operation.about}" if operation.about else title
    return {
        "id": operation.id,
        "href": f"/operations/{operation.id}",
        "title": title,
        "about": operation.about,
        "who": who or (call.translate("The system") if operation.user_id is None else ""),
        "when": _when(call, operation),
        "state": call.translate(state),
        "color": color,
        "open": operation.is_open,
        "cancelling": operation.cancel_at is not None,
        "percent": percent(operation),
        "text": _said(call, from_json(operation.text)) if operation.text else "",
        "error": _said(call, from_json(operation.error)) if operation.error else "",
        "progress": _said(call, message("Progress of {what}", what=name)),
        "cancel": _said(call, message("Cancel {what}", what=name)),
        "files": [
            {
                "label": _said(call, message("File of {what}", what=name)),
                "href": f"/app/files/{number}/content",
            }
            for number in (operation.result or {}).get("files", {}).values()
        ],
    }


def _when(call: Call, operation: StoredOperation) -> str:
    began = call.formats.datetime(operation.started_at or operation.created_at)
    if operation.finished_at is None:
        return began
    return _said(
        call, message("{began} to {ended}", began=began, ended=call.formats.datetime(operation.finished_at))
    )


def _said(call: Call, said: Message) -> str:
    return said.render(call.translate, call.actor.language)
