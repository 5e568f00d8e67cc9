"""The quick view of a record: the fields of the layout's ``quick_view``, beside a link to it."""

from starlette.responses import Response

from runtime.web.door import Call
from runtime.web.pages.card import field_views, load
from runtime.web.pages.record import module_view
from runtime.web.pages.screen import Screen, module_of, record_id
from runtime.web.pages.tool import buttons
from runtime.web.record_rights import may_on
from runtime.web.views import record_address


def show(screen: Screen, call: Call) -> Response:
    """The record in small, with the ways to open and to edit it."""
    module = module_of(call)
    layout = call.live.catalog.layouts[module.key]
    card = load(call, module, record_id(call), layout.quick_view, deleted="any")
    language = call.actor.language
    address = record_address(module.key, card.id)
    may_update = not card.deleted and may_on(call, module, card.id, "update")
    view = {
        "module": module_view(call, card),
        "label": module.label.in_language(language),
        "title": card.title,
        "number": card.number,
        "href": address,
        "edit_href": f"{address}/edit" if may_update else None,
        "deleted": card.deleted,
        "tools": buttons(call, module, card.id) if not card.deleted else [],
        "fields": field_views(screen.views(call), card, layout.quick_view, language),
    }
    return screen.draw_part(call, "pages/quick_view.html", "view", {"view": view}, module.key)
