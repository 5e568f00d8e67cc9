"""Creating and editing: one form, whose errors stand at the fields, and whose stale version is told so."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import Message
from runtime.model.catalog import Collection, Field, Module
from runtime.model.values import Ref
from runtime.records.change import Change, Saved
from runtime.web.door import Call
from runtime.web.errors import forbidden
from runtime.web.forms import Form
from runtime.web.pages.card import Card, load, own_path
from runtime.web.pages.editing import (
    BLANK,
    FieldBlock,
    blocks_of,
    editable_rows,
    fields_in,
    row_view,
    shown_again,
    written,
    written_rows,
)
from runtime.web.pages.process import refusal_of
from runtime.web.pages.rows import rows_of
from runtime.web.pages.saving import save_one, version_of
from runtime.web.pages.screen import Screen, module_of, record_id
from runtime.web.shell import flash
from runtime.web.views import FieldView, Views, record_address

Errors = Mapping[str, Sequence[Message]]


def new(screen: Screen, call: Call) -> Response:
    """An empty form, with the defaults in it and what the address prefills."""
    module = _creatable(call)
    values = defaults(call, module) | _prefilled(call, module)
    return _draw(screen, call, module, None, values, {})


def create(screen: Screen, call: Call) -> Response:
    """Create the record, or show the form again with its errors."""
    module = _creatable(call)
    if call.form.text("_rows"):
        return _draw(screen, call, module, None, {}, {}, call.form)
    outcome = save_one(call, Change(module.key, _values(call, module)))
    if isinstance(outcome, Saved):
        return flash(RedirectResponse(record_address(module.key, outcome.id), 303), "created")
    if outcome.kind == "forbidden":
        raise refusal_of(call, outcome)
    return _draw(screen, call, module, None, {}, outcome.errors, call.form)


def edit(screen: Screen, call: Call) -> Response:
    """The form of a record."""
    module = _changeable(call)
    card = _card(call, module)
    return _draw(screen, call, module, card, card.values, {})


def update(screen: Screen, call: Call) -> Response:
    """Save the record, or show the form again with its errors; a stale one shows what both have written."""
    module = _changeable(call)
    card = _card(call, module)
    if call.form.text("_rows"):
        return _draw(screen, call, module, card, card.values, {}, call.form)
    outcome = save_one(call, Change(module.key, _values(call, module), card.id, version_of(call)))
    if isinstance(outcome, Saved):
        said = "unchanged" if outcome.action == "unchanged" else "saved"
        return flash(RedirectResponse(record_address(module.key, card.id), 303), said)
    if outcome.kind == "conflict":
        return _conflict(screen, call, module, card)
    if outcome.kind != "invalid":
        raise refusal_of(call, outcome)
    return _draw(screen, call, module, card, card.values, outcome.errors, call.form)


def _creatable(call: Call) -> Module:
    module = module_of(call)
    verdict = call.live.judge.may(call.actor, module.key, "create")
    if not verdict.allowed:
        raise forbidden(verdict.reasons[0])
    return module


def _changeable(call: Call) -> Module:
    module = module_of(call)
    verdict = call.live.judge.may(call.actor, module.key, "update")
    if not verdict.allowed:
        raise forbidden(verdict.reasons[0])
    return module


def _card(call: Call, module: Module) -> Card:
    layout = call.live.catalog.layouts[module.key]
    fields = fields_in(blocks_of(module, layout, call.actor.language))
    return load(call, module, record_id(call), [own_path(field) for field in fields])


def _values(call: Call, module: Module) -> dict[str, object]:
    blocks = blocks_of(module, call.live.catalog.layouts[module.key], call.actor.language)
    values = written(call, call.form, list(fields_in(blocks)), keep=True)
    for block in blocks:
        if isinstance(block, Collection):
            values[block.key] = written_rows(call, call.form, block)
    return values


def defaults(call: Call, module: Module) -> dict[str, Any]:
    """What a new record's fields hold before anybody types."""
    values = dict(call.live.records.defaults(module.key, call.actor))
    if values.get("owner") is not None:
        values["owner"] = Ref("users", call.actor.user_id or 0, call.actor.name)
    return values


def _prefilled(call: Call, module: Module) -> dict[str, Any]:
    """What the address names of the new record: the relation of the card that the button stood on."""
    found: dict[str, Any] = {}
    for field in module.fields.values():
        text = call.query(field.key)
        if field.targets and not call.live.types[field.type].linked and text.isdecimal() and len(text) < 19:
            with call.site.database.read() as connection:
                found[field.key] = call.live.refs.one(
                    connection, field.targets, int(text), call.actor, call.moment
                )
    return found


def _draw(
    screen: Screen,
    call: Call,
    module: Module,
    card: Card | None,
    values: Mapping[str, Any],
    errors: Errors,
    sent: Form | None = None,
) -> Response:
    views = screen.views(call)
    language = call.actor.language
    layout = call.live.catalog.layouts[module.key]
    label = module.label.in_language(language)
    blocks = [
        _field_block(call, views, block, values, errors, sent)
        if isinstance(block, FieldBlock)
        else _rows_block(call, views, block, card, errors, sent)
        for block in blocks_of(module, layout, language)
    ]
    address = record_address(module.key, card.id) if card is not None else f"/app/{module.key}"
    form = {
        "title": card.title
        if card is not None
        else call.translate("New {label}").format(label=label.lower()),
        "number": card.number if card is not None else "",
        "module": {
            "plural": module.plural.in_language(language),
            "href": f"/app/{module.key}",
            "icon": module.icon,
        },
        "action": f"{address}/edit" if card is not None else f"{address}/new",
        "cancel_href": address,
        "version": sent.text("_version") if sent is not None else (card.version if card is not None else ""),
        "revision": call.live.revision,
        "hidden": (),
        "errors": _summary(call, errors, blocks),
        "error_title": call.translate("This could not be saved."),
        "blocks": blocks,
    }
    _focus(blocks)
    return screen.draw(call, "pages/form.html", {"form": form}, at=module.key, status=422 if errors else 200)


def _field_block(
    call: Call, views: Views, block: FieldBlock, values: Mapping[str, Any], errors: Errors, sent: Form | None
) -> dict[str, Any]:
    shown = []
    for field in block.fields:
        view = views.input(field, values.get(field.key))
        if sent is not None:
            view = shown_again(view, field, sent)
        view.error = _say(call, errors.get(field.key, ()))
        shown.append(view)
    return {"kind": "fields", "label": block.label, "columns": block.columns, "fields": shown}


def _rows_block(
    call: Call, views: Views, rows: Collection, card: Card | None, errors: Errors, sent: Form | None
) -> dict[str, Any]:
    fields = editable_rows(call.live.catalog.modules[rows.target])
    if sent is not None:
        shown = _rows_sent(call, views, rows, fields, sent, errors)
    elif card is not None:
        shown = [
            row_view(views, rows, fields, str(row.id), row.id, dict(zip(names, row.values, strict=True)))
            for names, row in rows_of(call, rows, card.id, [own_path(field) for field in fields])
        ]
    else:
        shown = []
    return {
        "kind": "rows",
        "key": rows.key,
        "label": rows.label.in_language(call.actor.language),
        "error": _say(call, errors.get(rows.key, ())),
        "columns": [
            {
                "label": field.label.in_language(call.actor.language),
                "widget": views.widget(field),
                "end": field.type in ("integer", "decimal", "percent", "money"),
                "required": field.required,
            }
            for field in fields
        ],
        "rows": shown,
        "blank": row_view(
            views, rows, fields, BLANK, None, defaults(call, call.live.catalog.modules[rows.target])
        ),
    }


def _rows_sent(
    call: Call, views: Views, rows: Collection, fields: Sequence[Field], sent: Form, errors: Errors
) -> list[dict[str, Any]]:
    """The rows as the browser sent them, after the button that was pressed: add, up, down or delete."""
    keys = list(sent.rows(rows.key))
    collection, _, act = sent.text("_rows").partition(":")
    act, _, key = act.partition(":")
    if collection == rows.key:
        keys = _moved(keys, act, key)
    found = []
    forms = sent.rows(rows.key)
    for index, name in enumerate(keys):
        row = forms.get(name, Form({}))
        view = row_view(views, rows, fields, name, row.text("id") or None, {})
        for cell, field in zip(view["fields"], fields, strict=True):
            shown_again(cell, field, row)
            cell.error = _say(call, errors.get(f"{rows.key}.{index}.{field.key}", ()))
        found.append(view)
    return found


def _moved(keys: list[str], act: str, key: str) -> list[str]:
    if act == "add":
        return [*keys, f"n{len(keys)}"]
    if key not in keys:
        return keys
    at = keys.index(key)
    rest = keys[:at] + keys[at + 1 :]
    if act == "delete":
        return rest
    to = max(0, at - 1) if act == "up" else at + 1
    return [*rest[:to], key, *rest[to:]]


def _say(call: Call, reasons: Sequence[Message]) -> str:
    return " ".join(reason.render(call.translate, call.actor.language) for reason in reasons)


def _summary(call: Call, errors: Errors, blocks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every error once, each a link to its control; those of the whole record have none."""
    shown = {view.name: view.id for view in _views(blocks)}
    controls: list[dict[str, Any]] = []
    for key, reasons in errors.items():
        name = _control(key, blocks)
        controls.append({"id": shown.get(name), "message": _say(call, reasons)})
    return controls


def _control(key: str, blocks: Sequence[Mapping[str, Any]]) -> str:
    """The control's name for the writer's key: ``items.0.price`` is the price of the first row that is shown.
    """
    rows_key, _, rest = key.partition(".")
    for block in blocks:
        if block["kind"] == "rows" and block["key"] == rows_key and rest:
            index, _, field = rest.partition(".")
            if index.isdecimal() and int(index) < len(block["rows"]):
                return f"{rows_key}.{block['rows'][int(index)]['key']}.{field}"
    return key


def _views(blocks: Sequence[Mapping[str, Any]]) -> list[FieldView]:
    found: list[FieldView] = []
    for block in blocks:
        if block["kind"] == "fields":
            found += block["fields"]
        else:
            found += [view for row in block["rows"] for view in row["fields"]]
    return found


def _focus(blocks: Sequence[Mapping[str, Any]]) -> None:
    """The first wrong control has the focus, else the first one."""
    views = [view for view in _views(blocks) if not view.readonly]
    first = next((view for view in views if view.error), None) or next(iter(views), None)
    if first is not None:
        first.autofocus = True


def _conflict(screen: Screen, call: Call, module: Module, card: Card) -> Response:
    """What the reader wrote beside what was saved meanwhile; nothing is overwritten and nothing is lost."""
    views = screen.views(call)
    language = call.actor.language
    changes = []
    for field in fields_in(blocks_of(module, call.live.catalog.layouts[module.key], language)):
        if field.key not in call.form:
            continue
        yours = shown_again(views.input(field, None), field, call.form)
        theirs = views.of(field, card.values.get(field.key))
        mine = _text_of(yours)
        if mine != theirs.text:
            changes.append({"label": field.label.in_language(language), "yours": mine, "theirs": theirs.text})
    error = {
        "status": 409,
        "title": call.translate("Somebody else saved first"),
        "message": call.translate(
            "Nothing was overwritten. This is what differs; open the record anew, and enter yours again."
        ),
        "changes": changes,
        "id": None,
        "actions": [
            {
                "label": call.translate("Edit the record as it is now"),
                "href": f"{record_address(module.key, card.id)}/edit",
            }
        ],
    }
    return screen.draw(call, "pages/error.html", {"error": error}, at=module.key, status=409)


def _text_of(view: FieldView) -> str:
    chosen = [option.label for option in view.options if option.selected]
    return ", ".join(chosen) or view.raw or view.text or ", ".join(item.title for item in view.items)
