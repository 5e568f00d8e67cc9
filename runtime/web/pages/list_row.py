"""One row of a list anew, after a cell of it was edited in its place."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from runtime.model.catalog import Module
from runtime.storage.query import Query
from runtime.web.door import Call
from runtime.web.pages.list import columns, read_listing, rows
from runtime.web.pages.screen import Screen

ASKED = "_list"
"""The parameter of the address that says that a field is edited in a list, whose own parameters follow."""


def anew(screen: Screen, call: Call, module: Module, number: int, said: Mapping[str, Any]) -> Response:
    """The row in the columns that the list shows, where it stands: the order is that of the list's next
    look.

    A row that the reader may not see any more goes.
    """
    listing, views = read_listing(call, module), screen.views(call)
    query = Query(
        module=module.key,
        columns=listing.columns,
        limit=1,
        ids=(number,),
    )
    with call.site.database.read() as connection:
        page = call.live.reader.page(connection, query, call.moment)
    context = {
        "columns": columns(call, views, listing.columns, (), listing),
        "rows": rows(views, module, listing.columns, page) if page.rows else (),
        "said": said,
        "shell": {"csrf": call.session.csrf if call.session is not None else ""},
    }
    response = screen.renderer.page("pages/parts/row.html", call.actor.language, context)
    response.headers["hx-retarget"] = f"#row-{number}"
    response.headers["hx-reswap"] = "outerHTML" if page.rows else "delete"
    return response
