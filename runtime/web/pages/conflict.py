"""The page of a stale form: what the reader wrote beside what was saved meanwhile; nothing is overwritten."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from runtime.fields.base import InvalidValueError
from runtime.model.catalog import Collection, Field, Module
from runtime.web.door import Call
from runtime.web.forms import Form
from runtime.web.pages.editing import FormBlock, fields_in, is_given, row_fields
from runtime.web.pages.form_view import FormView, Rows
from runtime.web.pages.reading import says_the_same
from runtime.web.pages.screen import Screen, record_id
from runtime.web.views import FieldView, Views, record_address


def show(
    screen: Screen,
    call: Call,
    module: Module,
    values: Mapping[str, Any],
    rows: Mapping[str, Rows],
    blocks: Sequence[FormBlock],
) -> Response:
    """Both values of every field in which the form differs from the record as it is now."""
    views = screen.views(call)
    language = call.actor.language
    changes = [
        {"label": each.label.in_language(language), "yours": yours, "theirs": theirs}
        for each in fields_in(blocks)
        for yours, theirs in _both(call, views, each, call.form, values.get(each.key))
    ]
    for block in blocks:
        if isinstance(block, Collection) and block.key in call.form:
            mine, theirs = _rows(call, views, block, rows.get(block.key, {}))
            if mine != theirs:
                changes.append({"label": block.label.in_language(language), "yours": mine, "theirs": theirs})
    address = record_address(module.key, record_id(call))
    error = {
        "status": 409,
        "title": call.translate("Somebody else saved first"),
        "message": call.translate(
            "Nothing was overwritten. This is what differs; open the record anew, and enter yours again."
        ),
        "changes": changes,
        "id": None,
        "actions": [
            {"label": call.translate("Edit the record as it is now"), "href": f"{address}/edit"},
            {"label": call.translate("Show the record"), "href": address},
        ],
    }
    return screen.draw(call, "pages/error.html", {"error": error}, at=module.key, status=409)


def _both(call: Call, views: Views, each: Field, form: Form, now: Any) -> list[tuple[str, str]]:
    """What was sent and what stands there, for people; [] where they are the same."""
    if each.key not in form or is_given(call, each) or call.live.types[each.type].attaches:
        return []
    if not each.targets and says_the_same(call, form, each, now):
        return []
    yours = _sent(call, views, each, form)
    theirs = views.text(each, now) if not isinstance(now, tuple) else _text_of(views.of(each, now))
    return [(yours, theirs)] if yours != theirs else []


def _sent(call: Call, views: Views, each: Field, form: Form) -> str:
    shown = FormView(call, views, {each.key: None}, sent=form).control(each)
    if each.targets or each.type == "multi_picklist":
        return _text_of(shown)
    kind = call.live.types[each.type]
    try:
        value = kind.parse(kind.sent(form, each.key), each, call.live.parsing(call.actor, "form"))
    except InvalidValueError:
        return form.text(each.key)
    return views.text(each, value)


def _text_of(view: FieldView) -> str:
    chosen = [option.label for option in view.options if option.selected]
    return ", ".join(chosen or [item.title for item in view.items]) or view.raw or view.text


def _rows(call: Call, views: Views, rows: Collection, now: Rows) -> tuple[str, str]:
    """The rows as lines of text."""
    fields = row_fields(call.live.catalog.modules[rows.target])
    mine = [
        [_sent(call, views, each, form) for each in fields if each.key in form]
        for form in call.form.rows(rows.key).values()
    ]
    theirs = [[views.text(each, row.get(each.key)) for each in fields] for row in now.values()]
    return _lines(mine), _lines(theirs)


def _lines(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(" · ".join(text for text in row if text) for row in rows)
