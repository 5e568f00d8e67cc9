"""Tools: what is asked before one is used, using it, and where that leads."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.responses import RedirectResponse, Response

from runtime.automation.filling import Read
from runtime.base.messages import Message, from_json, message
from runtime.model.catalog import Module
from runtime.model.tool import CARD, LIST
from runtime.model.values import Ref
from runtime.storage.runs import CUT, DONE, FAILED, SKIPPED, StoredRun
from runtime.web.door import Call
from runtime.web.errors import bad_request, not_found
from runtime.web.origin import came_from, local_path
from runtime.web.pages import picker
from runtime.web.pages.dialog import prefix_of
from runtime.web.pages.editing import FieldBlock
from runtime.web.pages.form_view import FormView
from runtime.web.pages.reading import read
from runtime.web.pages.screen import Screen, module_of, record_id
from runtime.web.shell import flash
from runtime.web.titles import ref_of
from runtime.web.tooling import (
    Offer,
    begins_with,
    check_chosen,
    fitting,
    led_to,
    offered,
    offers,
    use_offer,
    used_before,
)
from runtime.web.views import FieldView, record_address

MOST = 500
"""So many records a tool is used for at once."""
NAMED = 10
"""So many of them are named."""
LONGEST = 300
"""So many characters of a reason are told behind an act."""


def buttons(call: Call, module: Module, number: int) -> list[dict[str, Any]]:
    """What a card, a form and a quick view draw: the tools that this record has."""
    address = record_address(module.key, number)
    return [
        _button(call, each, f"{address}/tools/{each.key}")
        for each in offered(call, module, [number], CARD)[number]
    ]


def list_buttons(call: Call, module: Module) -> list[dict[str, Any]]:
    """What a list draws: the tools for the records that are chosen in it."""
    return [_button(call, each, f"/app/{module.key}/tools/{each.key}") for each in offers(call, module, LIST)]


def _button(call: Call, offer: Offer, href: str) -> dict[str, Any]:
    return {
        "label": offer.label.in_language(call.actor.language),
        "icon": offer.icon,
        "href": href,
        "asks": offer.asks,
        "token": secrets.token_urlsafe(12),
    }


def ask(screen: Screen, call: Call) -> Response:
    """What is asked before a tool is used for a record."""
    module = module_of(call)
    return _draw(screen, call, module, _offer_of(call, module), [record_id(call)])


def ask_several(screen: Screen, call: Call) -> Response:
    """What is asked before a tool is used for the records that were chosen in a list."""
    module = module_of(call)
    chosen = call.request.query_params.getlist("id")
    if not chosen:
        return flash(RedirectResponse(f"/app/{module.key}", 303), "none_chosen")
    return _draw(screen, call, module, _at(call, module, LIST), _numbers(chosen))


def use(screen: Screen, call: Call) -> Response:
    """Use it for a record."""
    module = module_of(call)
    return _use(screen, call, module, _at(call, module, CARD), [record_id(call)])


def use_several(screen: Screen, call: Call) -> Response:
    """Use it for several."""
    module = module_of(call)
    return _use(screen, call, module, _at(call, module, LIST), _numbers(call.form.texts("id")))


def pick(screen: Screen, call: Call) -> Response:
    """The records that may be chosen as an input."""
    module = module_of(call)
    found = [*offers(call, module, CARD), *offers(call, module, LIST)]
    offer = next((each for each in found if each.key == call.path("tool")), None)
    field = offer.procedure.inputs.get(call.path("input")) if offer is not None else None
    if field is None or not field.targets:
        raise not_found()
    return picker.offer_among(screen, call, field.targets)


def _offer_of(call: Call, module: Module) -> Offer:
    """The tool of the address, where the record has it."""
    number = record_id(call)
    found = offered(call, module, [number], CARD)[number]
    offer = next((each for each in found if each.key == call.path("tool")), None)
    if offer is None:
        raise not_found()
    return offer


def _at(call: Call, module: Module, place: str) -> Offer:
    """The tool of the address, where the place has it at all; of which records is another question."""
    found = next((each for each in offers(call, module, place) if each.key == call.path("tool")), None)
    if found is None:
        raise not_found()
    return found


def _numbers(texts: Sequence[str]) -> list[int]:
    found = [
        int(text) for text in dict.fromkeys(texts) if text.isascii() and text.isdigit() and len(text) < 19
    ]
    if len(found) > MOST:
        raise bad_request(message("A tool is used for {most} records at once.", most=MOST), "id")
    return found


def _use(screen: Screen, call: Call, module: Module, offer: Offer, ids: Sequence[int]) -> Response:
    inputs = offer.procedure.inputs
    written = read(call, (FieldBlock("", 1, tuple(inputs.values())),), None, {})
    found = Read.of(call.live, call.actor, inputs, written.values, "form")
    errors: dict[str, Sequence[Message]] = {}
    errors |= {key: (reason,) for key, reason in check_chosen(call, offer, found).items()}
    errors |= {key: tuple(reasons) for key, reasons in written.errors.items()}
    if errors:
        return _draw(screen, call, module, offer, ids, errors)
    fit = fitting(call, module, ids, offer)
    token = call.form.text("_token")[:40] or secrets.token_urlsafe(12)
    key = f"tool:{call.actor.user_id}:{token}"
    runs = use_offer(call, offer, fit, key, found) if fit else used_before(call, ids, key)
    if _is_several(call):
        return _told_of_several(call, module, offer, len(ids), runs)
    if not runs:
        raise not_found()
    (run,) = runs
    if run.state in (FAILED, CUT):
        reason = from_json(run.error) if run.error else message("It could not be done.")
        return _draw(screen, call, module, offer, ids, {"": (reason,)})
    return _after(call, module, offer, ids[0], run)


def _after(call: Call, module: Module, offer: Offer, number: int, run: StoredRun) -> Response:
    led, name = led_to(call, run), offer.label.in_language(call.actor.language)
    if led is not None and led.kind == "form":
        return RedirectResponse(f"/app/{led.module}/new?" + urlencode({"_run": led.id}), 303)
    if led is not None and led.kind == "prints":
        return RedirectResponse(f"{record_address(led.module, led.id)}/print", 303)
    place = (led.module, led.id) if led is not None else (module.key, number)
    response = RedirectResponse(record_address(*place), 303)
    said = {DONE: "tool_done", SKIPPED: "tool_skipped"}.get(run.state, "tool_goes_on")
    return flash(response, said, tool=name)


def _told_of_several(
    call: Call, module: Module, offer: Offer, asked: int, runs: Sequence[StoredRun]
) -> Response:
    done = sum(run.state == DONE for run in runs)
    failed = sum(run.state in (FAILED, CUT) for run in runs)
    skipped = asked - len(runs) + sum(run.state == SKIPPED for run in runs)
    counts = {"done": done, "failed": failed, "skipped": skipped, "open": asked - done - failed - skipped}
    texts = {key: call.formats.integer(each) for key, each in counts.items()}
    name = offer.label.in_language(call.actor.language)
    response = RedirectResponse(_list(call, module), 303)
    if not failed:
        return flash(response, "tool_done_some", "", None, tool=name, **texts)
    error = next(run.error for run in runs if run.state in (FAILED, CUT))
    reason = from_json(error) if error else message("It could not be done.")
    texts["reason"] = reason.render(call.translate, call.actor.language)[:LONGEST]
    return flash(response, "tool_failed_some", "", None, tool=name, **texts)


def _list(call: Call, module: Module) -> str:
    """The list that the records were chosen in, as it was filtered and sorted."""
    plain = f"/app/{module.key}"
    came = came_from(call.request.headers, plain) if call.request.method == "GET" else call.form.text("_list")
    at = local_path(came, plain)
    return at if urlsplit(at).path == plain else plain


def _is_several(call: Call) -> bool:
    return "id" not in call.request.path_params


def _draw(
    screen: Screen,
    call: Call,
    module: Module,
    offer: Offer,
    ids: Sequence[int],
    errors: Mapping[str, Sequence[Message]] | None = None,
) -> Response:
    language = call.actor.language
    several = _is_several(call)
    fit = fitting(call, module, ids, offer)
    if not several and not fit:
        raise not_found()
    address = f"/app/{module.key}" if several else record_address(module.key, ids[0])
    cancel = _list(call, module) if several else address
    fields, summary = _fields(screen, call, module, offer, None if several else ids[0], errors)
    confirm = offer.tool.confirm if offer.tool is not None else None
    tool = {
        "prefix": prefix_of(call),
        "in_dialog": call.is_partial,
        "title": offer.label.in_language(language),
        "icon": offer.icon,
        "module": {"plural": module.plural.in_language(language), "href": f"/app/{module.key}"},
        "action": f"{address}/tools/{offer.key}",
        "cancel_href": cancel,
        "list": cancel if several else "",
        "revision": call.live.revision,
        "token": secrets.token_urlsafe(12),
        "confirm": confirm.in_language(language) if confirm is not None else "",
        "errors": summary,
        "fields": fields,
        "ids": fit if several else [],
        "named": _named(call, module, fit[:NAMED]) if several else [],
        "more": max(len(fit) - NAMED, 0) if several else 0,
        "left_out": len(ids) - len(fit) if several else 0,
        "is_possible": bool(fit),
    }
    status = 422 if errors else 200
    return screen.draw_part(call, "pages/tool.html", "form", {"tool": tool}, module.key, status)


def _fields(
    screen: Screen,
    call: Call,
    module: Module,
    offer: Offer,
    number: int | None,
    errors: Mapping[str, Sequence[Message]] | None,
) -> tuple[list[FieldView], list[dict[str, Any]]]:
    """The controls of the inputs, and what is wrong."""
    inputs = tuple(offer.procedure.inputs.values())
    values = begins_with(call, offer, number)
    for field in inputs:
        if field.targets and values.get(field.key) is not None:
            values[field.key] = _ref(call, field.targets, values[field.key])
    sent = call.form if errors is not None else None
    view = FormView(call, screen.views(call, prefix_of(call)), values, {}, sent, errors or {})
    drawn = view.blocks((FieldBlock("", 1, inputs),))
    for each in drawn[0]["fields"]:
        if each.picker:
            each.picker = f"/app/{module.key}/tools/{offer.key}/pick/{each.name}"
            each.reads = []
    return drawn[0]["fields"], view.summary(drawn)


def _ref(call: Call, targets: Sequence[str], value: object) -> Ref | None:
    return ref_of(call, targets, str(getattr(value, "id", value)))


def _named(call: Call, module: Module, ids: Sequence[int]) -> list[str]:
    with call.site.database.read() as connection:
        found = call.live.reader.titles(connection, module.key, ids, call.moment)
    return [found.get(each, f"#{each}") for each in ids]
