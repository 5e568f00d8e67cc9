"""Linking: a record that is there is put into another one's related list, and taken out of it again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import Message, message
from runtime.model.catalog import Collection, Field, Module
from runtime.model.values import Ref
from runtime.records.change import Change, Refused, Saved
from runtime.records.linking import MANY, attributes_of, link_change
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.pages.card import load
from runtime.web.pages.dialog import done, number_of, prefix_of
from runtime.web.pages.process import refusal_of
from runtime.web.pages.saving import save_one
from runtime.web.pages.screen import Screen, module_of, record_id
from runtime.web.shell import flash
from runtime.web.titles import called, ref_of
from runtime.web.views import FieldView, record_address


@dataclass(frozen=True, slots=True)
class Side:
    """One record's related list, which another record is put into."""

    module: Module
    id: int
    collection: Collection

    def attributes(self, call: Call) -> Mapping[str, Field]:
        """What a link itself says, where it says something."""
        return attributes_of(call.live.catalog.modules, self.collection)

    def change(self, other: int, attributes: Mapping[str, object] | None) -> Change:
        """The change that puts a record in (``attributes`` are the link's own), or takes it out (None)."""
        return link_change(self.collection, self.id, other, attributes)


def ask(screen: Screen, call: Call) -> Response:
    """The dialog in which a record is chosen."""
    return _draw(screen, call, _side(call), {}, None)


def link(screen: Screen, call: Call) -> Response:
    """Put the chosen record into the list."""
    side = _side(call)
    chosen = _chosen(call, side.collection.target)
    if isinstance(chosen, Message):
        return _draw(screen, call, side, {"record": chosen}, None)
    types, form = call.live.types, call.form
    said = {key: types[each.type].sent(form, key) for key, each in side.attributes(call).items()}
    outcome = save_one(call, side.change(chosen.id, said))
    if isinstance(outcome, Saved):
        return _done(screen, call, side, "linked", outcome, chosen.title)
    if outcome.kind != "invalid":
        raise refusal_of(call, outcome)
    reasons = [reason for found in outcome.errors.values() for reason in found]
    return _draw(screen, call, side, {"record": reasons[0]}, chosen)


def ask_unlink(screen: Screen, call: Call) -> Response:
    """The question before a record is taken out of the list."""
    side = _side(call)
    other = _other(call, side)
    here = load(call, side.module, side.id, ())
    language = call.actor.language
    confirm = {
        "prefix": prefix_of(call),
        "in_dialog": call.is_partial,
        "title": message("Take {title} out?", title=other.title).render(call.translate, language),
        "text": message(
            "Both records stay; {title} is no longer linked to {here}.", title=other.title, here=here.title
        ).render(call.translate, language),
        "action": str(call.request.url.path),
        "button": call.translate("Take it out"),
        "icon": "unlink",
        "cancel_href": record_address(side.module.key, side.id),
    }
    return screen.draw_part(call, "pages/confirm.html", "confirm", {"confirm": confirm}, side.module.key)


def unlink(screen: Screen, call: Call) -> Response:
    """Take the record out of the list; both stay."""
    side = _side(call)
    other = _other(call, side)
    outcome = save_one(call, side.change(other.id, None))
    if isinstance(outcome, Refused):
        raise refusal_of(call, outcome)
    return _done(screen, call, side, "unlinked", outcome, other.title)


def link_new(call: Call, module: Module, number: int) -> Saved | Refused | None:
    """Link a record that a dialog has just made to the list that the dialog was opened from, if to one."""
    key, _, rest = call.query("_to").partition("/")
    number_text, _, name = rest.partition("/")
    holder = call.live.catalog.modules.get(key)
    collection = holder.collections.get(name) if holder is not None else None
    if holder is None or collection is None or collection.target != module.key:
        return None
    here = ref_of(call, (key,), number_text)
    return save_one(call, Side(holder, here.id, collection).change(number, {})) if here is not None else None


def _side(call: Call) -> Side:
    module = module_of(call)
    collection = module.collections.get(call.path("collection"))
    if collection is None or collection.kind == "rows":
        raise not_found()
    return Side(module, record_id(call), collection)


def _other(call: Call, side: Side) -> Ref:
    other = ref_of(call, (side.collection.target,), call.path("other"))
    if other is None or side.collection.kind not in MANY:
        raise not_found()
    return other


def _chosen(call: Call, target: str) -> Ref | Message:
    """The record that was picked, or whose title was typed by a browser without JavaScript."""
    typed = call.form.text("record:text").strip()
    if typed:
        return called(call, (target,), typed)
    return ref_of(call, (target,), call.form.text("record")) or message("Choose a record.")


def _done(screen: Screen, call: Call, side: Side, kind: str, saved: Saved, title: str) -> Response:
    if call.is_partial:
        return done(screen, call, kind, undo=saved.change_set, said={"title": title})
    response = RedirectResponse(record_address(side.module.key, side.id), 303)
    return flash(response, kind, undo=saved.change_set, title=title)


def _draw(
    screen: Screen, call: Call, side: Side, errors: Mapping[str, Message], chosen: Ref | None
) -> Response:
    language = call.actor.language
    here = load(call, side.module, side.id, ())
    views = screen.views(call, prefix_of(call))
    target = call.live.catalog.modules[side.collection.target]
    record = FieldView(
        "relation",
        name="record",
        id=f"{prefix_of(call)}record",
        label=target.label.in_language(language),
        required=True,
        autofocus=True,
        picker=f"/app/{target.key}/pick",
        value=chosen.id if chosen is not None else None,
        text=chosen.title if chosen is not None else "",
        error=errors["record"].render(call.translate, language) if errors else "",
    )
    attributes = [views.input(each, None, key) for key, each in side.attributes(call).items()]
    form: dict[str, Any] = {
        "prefix": prefix_of(call),
        "dialog": number_of(call),
        "in_dialog": call.is_partial,
        "title": message("Link to {title}", title=here.title).render(call.translate, language),
        "action": f"{record_address(side.module.key, side.id)}/link/{side.collection.key}",
        "cancel_href": record_address(side.module.key, side.id),
        "fields": [record, *attributes],
    }
    status = 422 if errors else 200
    return screen.draw_part(call, "pages/link.html", "form", {"form": form}, side.module.key, status)
