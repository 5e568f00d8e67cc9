"""The bin: a module's deleted records, newest first, each with its way back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from starlette.responses import Response

from runtime.base.messages import message
from runtime.model.catalog import SortKey
from runtime.model.values import Ref
from runtime.storage.query import Query, Row
from runtime.web.door import Call
from runtime.web.errors import forbidden
from runtime.web.pages.card import own_path
from runtime.web.pages.screen import Screen, module_of
from runtime.web.views import record_address

SIZE = 50


def show(screen: Screen, call: Call) -> Response:
    """One page of the bin."""
    module = module_of(call)
    judge = call.live.judge
    if not any(judge.may(call.actor, module.key, right).allowed for right in ("delete", "see_deleted")):
        raise forbidden(message("You may not delete or restore records here."))
    own = module.record_fields
    query = Query(
        module=module.key,
        columns=tuple(own_path(own[key]) for key in ("number", "deleted_at", "updated_by")),
        sort=(SortKey(own_path(own["deleted_at"]), descending=True),),
        limit=SIZE,
        after=call.query("after") or None,
        backwards=bool(call.query("_back")),
        deleted="only",
    )
    with call.site.database.read() as connection:
        page = call.live.reader.page(connection, query, call.moment)
        ids = [row.id for row in page.rows]
        titles = call.live.reader.titles(connection, module.key, ids, call.moment)
    address = f"/app/{module.key}/bin"
    context = {
        "bin": {
            "module": {
                "plural": module.plural.in_language(call.actor.language),
                "href": f"/app/{module.key}",
            },
            "rows": [_row(call, module.key, row, titles) for row in page.rows],
            "pager": {
                "label": call.translate("Pages"),
                "text": "",
                "sizes": (),
                "prev": f"{address}?after={page.previous}&_back=1" if page.previous else None,
                "next": f"{address}?after={page.next}" if page.next else None,
            }
            if page.previous or page.next
            else None,
        },
        "shell": {"csrf": call.session.csrf if call.session else ""},
    }
    if call.is_partial:
        return screen.renderer.block("pages/bin.html", "rows", call.actor.language, context)
    del context["shell"]
    return screen.draw(call, "pages/bin.html", context, at=module.key)


def _row(call: Call, module: str, row: Row, titles: Mapping[int, str]) -> dict[str, Any]:
    number, deleted_at, who = cast(tuple[str | None, datetime, Ref | None], row.values)
    return {
        "href": record_address(module, row.id),
        "title": titles.get(row.id, f"#{row.id}"),
        "number": number or "",
        "when": call.formats.datetime(deleted_at),
        "who": who.title if who is not None else call.translate("The system"),
        "restore_action": f"{record_address(module, row.id)}/restore",
    }
