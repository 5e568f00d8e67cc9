"""The small dialog for a new record, from anywhere: the fields of the layout's ``create``."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.model.catalog import Field, Module
from runtime.records.change import Change, Refused, Saved
from runtime.web.door import Call
from runtime.web.pages import linking
from runtime.web.pages.alike import alike_of, is_anyway
from runtime.web.pages.dialog import done, number_of, prefix_of
from runtime.web.pages.editing import FieldBlock, is_given
from runtime.web.pages.form import NO_FORM, new_sheet
from runtime.web.pages.form_view import Errors, FormView
from runtime.web.pages.once import MARK, mark, once_of
from runtime.web.pages.process import refusal_of
from runtime.web.pages.reading import Written, read
from runtime.web.pages.rules import has_any, states_of
from runtime.web.pages.saving import SHOWN, save_one
from runtime.web.pages.screen import Screen, written_module
from runtime.web.shell import flash
from runtime.web.titles import new_label, ref_of
from runtime.web.views import record_address


def show(screen: Screen, call: Call) -> Response:
    """The dialog, with the defaults in it and what the address prefills."""
    return _draw(screen, call, written_module(call, "create"), {})


def create(screen: Screen, call: Call) -> Response:
    """Make the record, or show the dialog again with its errors."""
    module = written_module(call, "create")
    written = read(call, (_block(call, module),), None, {})
    change = Change(module.key, written.values, anyway=is_anyway(call))
    outcome = save_one(call, change, written.errors, once_of(call))
    if isinstance(outcome, Saved):
        return _created(screen, call, module, outcome)
    if outcome.kind not in SHOWN:
        raise refusal_of(call, outcome)
    return _draw(screen, call, module, outcome.errors, written, outcome)


def _created(screen: Screen, call: Call, module: Module, saved: Saved) -> Response:
    """What follows: the record is linked where the dialog was opened for that, and the page is told."""
    address = record_address(module.key, saved.id)
    linked = linking.link_new(call, module, saved.id)
    if isinstance(linked, Refused):
        raise refusal_of(call, linked)
    ref = ref_of(call, (module.key,), str(saved.id))
    title = ref.title if ref is not None else f"#{saved.id}"
    if call.is_partial:
        told = {"module": module.key, "id": saved.id, "title": title}
        return done(screen, call, "made", address, saved.change_set, {"title": title}, told)
    return flash(RedirectResponse(address, 303), "created", undo=saved.change_set)


def fields_of(call: Call, module: Module) -> tuple[Field, ...]:
    """The dialog's fields: the layout's, what must be filled in besides, and what the address prefills."""
    layout = call.live.catalog.layouts[module.key]
    shown = {path.text: path.field for path in layout.create if path.text in module.fields}
    for each in module.fields.values():
        wanted = (each.required and each.default is None) or call.query(each.key) or each.key in call.form
        wanted = wanted or each.key in module.dynamics.demanded
        if wanted and not is_given(call, each):
            shown.setdefault(each.key, each)
    return tuple(each for each in shown.values() if not is_given(call, each))


def _block(call: Call, module: Module) -> FieldBlock:
    return FieldBlock("", 1, fields_of(call, module))


def _draw(
    screen: Screen,
    call: Call,
    module: Module,
    errors: Errors,
    written: Written | None = None,
    refused: Refused | None = None,
) -> Response:
    language, sent = call.actor.language, call.form if written is not None else None
    sheet = new_sheet(call, module, sent or NO_FORM)
    kept = written.kept if written is not None else {}
    own = (_block(call, module),)
    states = states_of(call, module, own, None, sheet.values, is_sent=sent is not None)
    view = FormView(call, screen.views(call, prefix_of(call)), sheet.values, {}, sent, errors, kept, states)
    blocks = view.blocks(own)
    query = call.request.url.query
    form: dict[str, Any] = {
        "prefix": prefix_of(call),
        "in_dialog": call.is_partial,
        "title": new_label(call, module),
        "icon": module.icon,
        "module": {"plural": module.plural.in_language(language), "href": f"/app/{module.key}"},
        "action": f"/app/{module.key}/create" + (f"?{query}" if query else ""),
        "full_action": f"/app/{module.key}/new",
        "rules": f"/app/{module.key}/new/rules" if has_any(call, module) else "",
        "revision": call.live.revision,
        "hidden": _hidden(call),
        "errors": view.summary(blocks),
        "error_title": call.translate("This could not be saved."),
        **alike_of(refused),
        "fields": blocks[0]["fields"],
    }
    status = 422 if errors else 200
    return screen.draw_part(call, "pages/create.html", "form", {"form": form}, module.key, status)


def _hidden(call: Call) -> Sequence[tuple[str, str]]:
    """What the dialog was opened with and sends back."""
    return [("_dialog", str(number_of(call))), (MARK, mark(call))]
