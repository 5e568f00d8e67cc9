"""The page of a stale form: what the reader wrote beside what was saved meanwhile; nothing is overwritten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from runtime.base.messages import Message, message
from runtime.fields.base import InvalidValueError
from runtime.model.catalog import Collection, Field, Module
from runtime.records.since import Since, changed_since
from runtime.web.door import Call
from runtime.web.forms import Form
from runtime.web.pages.editing import FormBlock, fields_in, is_given, row_fields
from runtime.web.pages.form_view import FormView, Rows
from runtime.web.pages.reading import says_the_same
from runtime.web.pages.saving import version_of
from runtime.web.pages.screen import Screen, record_id
from runtime.web.views import FieldView, Views, record_address


@dataclass(frozen=True, slots=True)
class Difference:
    """One field, or rows, in which the form differs from the record as it is now; ``collides`` says that
    somebody else has changed it too.
    """

    key: str
    label: str
    yours: str
    theirs: str
    collides: bool


def show(
    screen: Screen,
    call: Call,
    module: Module,
    values: Mapping[str, Any],
    rows: Mapping[str, Rows],
    blocks: Sequence[FormBlock],
) -> Response:
    """What the reader has changed beside what stands there now, and a way to put on top what nobody else
    touched.
    """
    number, language = record_id(call), call.actor.language
    with call.site.database.read() as connection:
        workplace = call.live.writer.plans.workplace
        version = version_of(call)
        since = changed_since(connection, workplace, call.live.reader, module, number, version, call.moment)
    found = _differences(call, screen.views(call), since, values, rows, blocks)
    mine = [each for each in found if not each.collides]
    address = record_address(module.key, number)
    actions = [
        {"label": call.translate("Edit the record as it is now"), "href": f"{address}/edit"},
        {"label": call.translate("Show the record"), "href": address},
    ]
    error = {
        "status": 409,
        "title": call.translate("Somebody else saved first"),
        "message": _sentence(found, mine).render(call.translate, language),
        "changes": found,
        "id": None,
        "actions": actions,
        "apply": {
            "action": f"{address}/edit",
            "version": values["version"],
            "revision": call.live.revision,
            "csrf": call.session.csrf if call.session is not None else "",
            "fields": _sent_again(call.form, {each.key for each in mine}),
        }
        if mine
        else None,
    }
    return screen.draw(call, "pages/error.html", {"error": error}, at=module.key, status=409)


def _sentence(found: Sequence[Difference], mine: Sequence[Difference]) -> Message:
    if not mine:
        return message(
            "Nothing was overwritten. This is what differs; open the record anew, and enter yours again."
        )
    if len(mine) == len(found):
        return message("Nothing was overwritten. What you changed, nobody else did: it can be put on top.")
    return message(
        "Nothing was overwritten. What nobody else touched can be put on top; the rest collides and stays."
    )


def _sent_again(form: Form, keys: set[str]) -> list[tuple[str, str]]:
    """The controls of some fields and rows as they were sent."""
    return [
        (name, text)
        for name in form.values
        if name.partition(":")[0].partition(".")[0] in keys
        for text in form.texts(name)
    ]


def _differences(
    call: Call,
    views: Views,
    since: Since,
    values: Mapping[str, Any],
    rows: Mapping[str, Rows],
    blocks: Sequence[FormBlock],
) -> list[Difference]:
    language = call.actor.language
    found = [
        Difference(each.key, each.label.in_language(language), yours, theirs, since.touches(each.key))
        for each in fields_in(blocks)
        for yours, theirs in both(call, views, each, call.form, values.get(each.key))
        if not _untouched(call, since, each)
    ]
    for block in blocks:
        if isinstance(block, Collection) and block.key in call.form:
            mine, theirs = _rows(call, views, block, rows.get(block.key, {}))
            if mine != theirs:
                label = block.label.in_language(language)
                found.append(Difference(block.key, label, mine, theirs, since.touches(block.key)))
    return found


def _untouched(call: Call, since: Since, each: Field) -> bool:
    """Whether the form says what stood there when it was opened: then only somebody else has changed it."""
    latest = since.fields.get(each.key)
    kind = call.live.types[each.type]
    if latest is None or kind.linked:
        return False
    if each.targets:
        return call.form.text(each.key) == ("" if latest.before is None else str(latest.before))
    before = None if latest.before is None else kind.from_json(latest.before)
    return says_the_same(call, call.form, each, before)


def both(call: Call, views: Views, each: Field, form: Form, now: Any) -> list[tuple[str, str]]:
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
    fields = row_fields(call, rows)
    mine = [
        [_sent(call, views, each, form) for each in fields if each.key in form]
        for form in call.form.rows(rows.key).values()
    ]
    theirs = [[views.text(each, row.get(each.key)) for each in fields] for row in now.values()]
    return _lines(mine), _lines(theirs)


def _lines(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(" · ".join(text for text in row if text) for row in rows)
