"""Deleting after a question, and restoring from the bin."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.records.change import Change, Refused
from runtime.web.door import Call
from runtime.web.pages.card import load
from runtime.web.pages.process import refusal_of
from runtime.web.pages.saving import save_one, version_of
from runtime.web.pages.screen import Screen, module_of, record_id
from runtime.web.shell import flash
from runtime.web.views import record_address


def ask(screen: Screen, call: Call) -> Response:
    """What goes with the record, what loses its link, and what stands in the way."""
    module = module_of(call)
    card = load(call, module, record_id(call), ())
    with call.site.database.read() as connection:
        effects = call.live.records.deletion(connection, call.actor, module.key, card.id)
    address = record_address(module.key, card.id)
    confirm = {
        "title": card.title,
        "blockers": _touched(call, effects.blocked),
        "with_it": _touched(call, effects.gone),
        "cleared": _touched(call, effects.cleared),
        "action": f"{address}/delete",
        "cancel_href": address,
        "version": card.version,
    }
    return screen.draw_part(call, "pages/delete.html", "confirm", {"confirm": confirm}, module.key)


def delete(screen: Screen, call: Call) -> Response:
    """Put the record into the bin."""
    module = module_of(call)
    outcome = save_one(
        call, Change(module.key, id=record_id(call), version=version_of(call), action="delete")
    )
    if isinstance(outcome, Refused):
        raise refusal_of(call, outcome)
    response = RedirectResponse(f"/app/{module.key}", 303)
    return flash(response, "deleted", f"/app/{module.key}/bin", outcome.change_set)


def restore(screen: Screen, call: Call) -> Response:
    """Take the record out of the bin, with what went into it together."""
    module = module_of(call)
    number = record_id(call)
    outcome = save_one(call, Change(module.key, id=number, action="restore"))
    if isinstance(outcome, Refused):
        raise refusal_of(call, outcome)
    return flash(
        RedirectResponse(record_address(module.key, number), 303), "restored", undo=outcome.change_set
    )


def _touched(call: Call, counts: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    modules = call.live.catalog.modules
    return [
        {
            "label": modules[module].plural.in_language(call.actor.language),
            "icon": modules[module].icon,
            "count": count,
            "href": None,
        }
        if module
        else {"label": call.translate("Other records"), "icon": None, "count": None, "href": None}
        for module, count in counts
    ]
