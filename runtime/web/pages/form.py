"""Creating and editing: one form, whose errors stand at the fields, and whose stale version is told so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.model.catalog import Collection, Module
from runtime.model.values import Ref
from runtime.records.change import Change, Refused, Saved
from runtime.web.door import Call
from runtime.web.forms import Form
from runtime.web.pages import conflict
from runtime.web.pages.alike import alike_of, is_anyway
from runtime.web.pages.card import Card, load, own_path, plain, with_links
from runtime.web.pages.editing import (
    OWNER,
    FieldBlock,
    FormBlock,
    blocks_of,
    form_paths,
    row_fields,
    with_owner,
)
from runtime.web.pages.form_view import Errors, FormView, Rows
from runtime.web.pages.once import MARK, mark, once_of
from runtime.web.pages.prefilling import prefill
from runtime.web.pages.process import refusal_of
from runtime.web.pages.reading import Written, read
from runtime.web.pages.rows import rows_of
from runtime.web.pages.rules import has_any, states_of
from runtime.web.pages.saving import SHOWN, save_one, version_of
from runtime.web.pages.screen import Screen, record_id, written_module
from runtime.web.pages.tool import buttons
from runtime.web.record_rights import require_on
from runtime.web.shell import flash
from runtime.web.titles import new_label
from runtime.web.views import record_address

NO_FORM = Form({})


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form before anybody drew it: its blocks, and what stands in them. A new record has no card."""

    module: Module
    card: Card | None
    values: Mapping[str, Any]
    rows: Mapping[str, Rows] = field(default_factory=dict)
    blocks: tuple[FormBlock, ...] = ()
    too_long: tuple[Collection, ...] = ()


def new(screen: Screen, call: Call) -> Response:
    """An empty form, with the defaults in it and what the address prefills."""
    return _draw(screen, call, new_sheet(call, written_module(call, "create"), NO_FORM), {})


def create(screen: Screen, call: Call) -> Response:
    """Create the record, or show the form again with its errors."""
    module = written_module(call, "create")
    sheet = new_sheet(call, module, call.form)
    if call.form.text("_rows"):
        return _draw(screen, call, sheet, {}, call.form)
    written = read(call, sheet.blocks, None, {})
    change = Change(module.key, written.values, anyway=is_anyway(call))
    outcome = save_one(call, change, written.errors, once_of(call))
    if isinstance(outcome, Saved):
        return flash(
            RedirectResponse(record_address(module.key, outcome.id), 303), "created", undo=outcome.change_set
        )
    if outcome.kind not in SHOWN:
        raise refusal_of(call, outcome)
    return _draw(screen, call, sheet, outcome.errors, call.form, written, outcome)


def edit(screen: Screen, call: Call) -> Response:
    """The form of a record."""
    sheet = _sheet(call, module := written_module(call, "update"), NO_FORM)
    require_on(call, module, record_id(call), "update")
    return _draw(screen, call, sheet, {})


def update(screen: Screen, call: Call) -> Response:
    """Save the record, or show the form again with its errors; a stale one shows what both have written."""
    module = written_module(call, "update")
    sheet = _sheet(call, module, call.form)
    if call.form.text("_rows"):
        return _draw(screen, call, sheet, {}, call.form)
    version = version_of(call)
    if version != sheet.values["version"]:
        return conflict.show(screen, call, module, sheet.values, sheet.rows, sheet.blocks)
    written = read(call, sheet.blocks, sheet.values, sheet.rows)
    number = record_id(call)
    change = Change(module.key, written.values, number, version, anyway=is_anyway(call))
    outcome = save_one(call, change, written.errors)
    if isinstance(outcome, Saved):
        said = "unchanged" if outcome.action == "unchanged" else "saved"
        return flash(RedirectResponse(record_address(module.key, number), 303), said, undo=outcome.change_set)
    if outcome.kind == "conflict":
        sheet = _sheet(call, module, call.form)
        return conflict.show(screen, call, module, sheet.values, sheet.rows, sheet.blocks)
    if outcome.kind not in SHOWN:
        raise refusal_of(call, outcome)
    return _draw(screen, call, sheet, outcome.errors, call.form, written, outcome)


def ask(screen: Screen, call: Call, errors: Errors) -> Response:
    """The form of a record with what was sent of it in place, and what is wrong."""
    return _draw(screen, call, _sheet(call, written_module(call, "update"), call.form), errors, call.form)


def new_sheet(call: Call, module: Module, sent: Form) -> Sheet:
    """The form of a new record before anybody drew it: the defaults, and what the address prefills."""
    values: dict[str, Any] = dict.fromkeys(module.fields)
    values |= call.live.records.defaults(module.key, call.actor, call.moment)
    if values.get("owner") is not None:
        values["owner"] = Ref("users", call.actor.user_id or 0, call.actor.name)
    prefill(call, module, values)
    return Sheet(module, None, values, {}, tuple(blocks_of(call, module, plain(values), sent)))


def _sheet(call: Call, module: Module, sent: Form) -> Sheet:
    card = with_links(call, load(call, module, record_id(call), form_paths(call, module)))
    blocks = blocks_of(call, module, card.plain(), sent)
    rows: dict[str, Rows] = {}
    too_long: list[Collection] = []
    for block in blocks:
        if isinstance(block, Collection):
            fields = row_fields(call, block)
            found = rows_of(call, block, card.id, [own_path(each) for each in fields])
            names = [each.key for each in fields]
            rows[block.key] = {row.id: dict(zip(names, row.values, strict=True)) for row in found.rows}
            if found.more:
                too_long.append(block)
    shown = tuple(block for block in blocks if block not in too_long)
    return Sheet(module, card, card.values, rows, shown, tuple(too_long))


def _rules(call: Call, sheet: Sheet) -> str:
    """Where the form asks for its rules while somebody types; '' where it has none."""
    module, card = sheet.module, sheet.card
    parts = any(isinstance(block, FieldBlock) and block.part for block in sheet.blocks)
    if not (has_any(call, module) or parts):
        return ""
    return (
        f"{record_address(module.key, card.id)}/rules" if card is not None else f"/app/{module.key}/new/rules"
    )


def _draw(
    screen: Screen,
    call: Call,
    sheet: Sheet,
    errors: Errors,
    sent: Form | None = None,
    written: Written | None = None,
    refused: Refused | None = None,
) -> Response:
    module, card, language = sheet.module, sheet.card, call.actor.language
    kept = written.kept if written is not None else {}
    number = card.id if card is not None else None
    states = states_of(call, module, sheet.blocks, number, sheet.values, is_sent=sent is not None)
    view = FormView(call, screen.views(call), sheet.values, sheet.rows, sent, errors, kept, states)
    blocks = view.blocks(with_owner(module, sheet.blocks) if OWNER in errors else sheet.blocks)
    address = record_address(module.key, card.id) if card is not None else f"/app/{module.key}"
    form = {
        "title": card.title if card is not None else new_label(call, module),
        "number": card.number if card is not None else "",
        "module": {
            "plural": module.plural.in_language(language),
            "href": f"/app/{module.key}",
            "icon": module.icon,
        },
        "action": f"{address}/edit" if card is not None else f"{address}/new",
        "rules": _rules(call, sheet),
        "cancel_href": address,
        "version": sent.text("_version") if sent is not None else (card.version if card is not None else ""),
        "revision": call.live.revision,
        "hidden": [] if card is not None else [{"name": MARK, "value": mark(call)}],
        "errors": view.summary(blocks),
        "error_title": call.translate("This could not be saved."),
        **alike_of(refused),
        "notes": [
            call.translate("{label} has too many rows to edit them all here.").format(
                label=rows.label.in_language(language)
            )
            for rows in sheet.too_long
        ],
        "blocks": blocks,
        "tools": buttons(call, module, card.id) if card is not None else [],
    }
    return screen.draw(call, "pages/form.html", {"form": form}, at=module.key, status=422 if errors else 200)
