"""Editing one field in place, on a card or in a list: its control, what is wrong with it, and the card or the
row afterwards.
"""

from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import Message, message
from runtime.model.catalog import Field, Module
from runtime.records.change import Change, Refused, Saved
from runtime.records.since import Since, changed_since
from runtime.web import shell
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.pages import list_row, record
from runtime.web.pages.alike import alike_of, is_anyway
from runtime.web.pages.card import Card, load, with_links
from runtime.web.pages.conflict import both
from runtime.web.pages.editing import FieldBlock, form_paths, is_editable
from runtime.web.pages.form_view import Errors, FormView
from runtime.web.pages.process import refusal_of
from runtime.web.pages.reading import Written, read
from runtime.web.pages.rules import states_of_card
from runtime.web.pages.saving import SHOWN, save_one, version_of
from runtime.web.pages.screen import Screen, record_id, written_module
from runtime.web.views import Item, record_address

PREFIX = "inline-"
"""What the ids of the control begin with."""


def show(screen: Screen, call: Call) -> Response:
    """The field's control, with what stands there."""
    module, field = _asked(call)
    return _draw(screen, call, field, _card(call, module), {}, None)


def save(screen: Screen, call: Call) -> Response:
    """Save the field alone; where somebody else has changed it meanwhile, show what they wrote first."""
    module, field = _asked(call)
    card = _card(call, module)
    written = read(call, (FieldBlock("", 1, (field,)),), card.values, {})
    theirs = _theirs(screen, call, field, card, written)
    if theirs is not None:
        return _draw(screen, call, field, card, {field.key: (theirs,)}, written, 409)
    change = Change(module.key, written.values, card.id, card.version, anyway=is_anyway(call))
    outcome = save_one(call, change, written.errors)
    if isinstance(outcome, Saved):
        return _saved(screen, call, card, outcome)
    if outcome.kind not in SHOWN:
        raise refusal_of(call, outcome)
    own = outcome.errors.get(field.key) or tuple(each for found in outcome.errors.values() for each in found)
    return _draw(screen, call, field, card, {field.key: own}, written, refused=outcome)


def _asked(call: Call) -> tuple[Module, Field]:
    module = written_module(call, "update")
    field = module.field(call.path("field"))
    if field is None or not is_editable(call, module, field):
        raise not_found()
    return module, field


def _card(call: Call, module: Module) -> Card:
    return with_links(call, load(call, module, record_id(call), form_paths(call, module)))


def _theirs(screen: Screen, call: Call, field: Field, card: Card, written: Written) -> Message | None:
    """What somebody else has made of the field since the control was drawn; None where nothing collides."""
    version = version_of(call)
    if version == card.version:
        return None
    since = _since(call, card, version)
    if not since.touches(field.key):
        return None
    now, kind = card.values.get(field.key), call.live.types[field.type]
    if kind.linked or kind.attaches:
        stand = screen.views(call).of(field, now).items
        same = _are(written.values.get(field.key), stand)
        return None if same else _said(since, field, ", ".join(item.title for item in stand))
    differing = both(call, screen.views(call), field, call.form, now)
    return _said(since, field, differing[0][1]) if differing else None


def _are(sent: object, stand: Sequence[Item]) -> bool:
    """Whether what was sent are the records that stand there, with nothing changed in their links."""
    links = sent if isinstance(sent, list) else []
    ids = [str(each["id"]) if isinstance(each, dict) else str(each) for each in links]
    changed = any(isinstance(each, dict) and len(each) > 1 for each in links)
    return not changed and ids == [str(item.id) for item in stand]


def _since(call: Call, card: Card, version: int) -> Since:
    with call.site.database.read() as connection:
        workplace, reader = call.live.writer.plans.workplace, call.live.reader
        return changed_since(connection, workplace, reader, card.module, card.id, version, call.moment)


def _said(since: Since, field: Field, theirs: str) -> Message:
    latest = since.fields.get(field.key)
    who = latest.user.title if latest is not None and latest.user is not None else ""
    if not theirs:
        return message("{who} has emptied this meanwhile. Save again to put yours here, or cancel.", who=who)
    return message(
        '{who} has changed this to "{theirs}" meanwhile. Save again to put yours in its place, or cancel.',
        who=who,
        theirs=theirs,
    )


def _saved(screen: Screen, call: Call, card: Card, saved: Saved) -> Response:
    """The card or the row anew: other fields, its title and its conditions may follow from this one."""
    if not call.is_partial:
        back = RedirectResponse(record_address(card.module.key, card.id), 303)
        return shell.flash(back, "saved", undo=saved.change_set)
    said = shell.toast(call, "unchanged" if saved.action == "unchanged" else "saved", undo=saved.change_set)
    if call.query(list_row.ASKED):
        return list_row.anew(screen, call, card.module, card.id, said)
    context = {
        "record": record.context(screen, call, card.module),
        "shell": {"csrf": call.session.csrf if call.session is not None else ""},
        "said": said,
    }
    response = screen.renderer.block("pages/record.html", "main", call.actor.language, context)
    response.headers["hx-retarget"] = "#main"
    response.headers["hx-reswap"] = "innerMorph"
    return response


def _draw(
    screen: Screen,
    call: Call,
    field: Field,
    card: Card,
    errors: Errors,
    written: Written | None,
    status: int = 422,
    refused: Refused | None = None,
) -> Response:
    sent = call.form if errors else None
    kept = written.kept if written is not None else {}
    states = replace(states_of_card(call, card.module, card.id), hidden=frozenset(), readonly=frozenset())
    view = FormView(call, screen.views(call, PREFIX), card.values, {}, sent, errors, kept, states)
    control = view.control(field)
    control.autofocus = True
    query = call.request.url.query
    address = f"{record_address(card.module.key, card.id)}/field/{field.key}"
    inline = {
        "action": f"{address}?{query}" if query else address,
        "version": card.version,
        "revision": call.live.revision,
        "field": control,
        "cancel_href": record_address(card.module.key, card.id),
        "title": card.title,
        "in_place": call.is_partial,
        **alike_of(refused),
    }
    answer = status if errors else 200
    return screen.draw_part(call, "pages/inline.html", "form", {"inline": inline}, card.module.key, answer)
