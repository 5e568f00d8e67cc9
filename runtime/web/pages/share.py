"""Sharing one record by hand: with whom it is shared, one more, and one fewer."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import Message, message
from runtime.model.catalog import Module
from runtime.records.owning import owned_modules
from runtime.records.sharing import LEVELS, MOST, FullError, Share, share, shares_of, unshare
from runtime.records.sharing_log import With, tell
from runtime.web.door import Call
from runtime.web.errors import bad_request, not_found
from runtime.web.pages.card import Card, load
from runtime.web.pages.screen import Screen, record_id, written_module
from runtime.web.record_rights import require_on
from runtime.web.sharing_words import OF_RECORD, WITH
from runtime.web.shell import flash
from runtime.web.titles import called, ref_of
from runtime.web.views import FieldView, record_address


def ask(screen: Screen, call: Call) -> Response:
    """With whom the record is shared."""
    module, card = _place(call)
    return _draw(screen, call, module, card)


def change(screen: Screen, call: Call) -> Response:
    """Share it with one more, or take it back from one."""
    module, card = _place(call)
    place = (module.key, card.id)
    if call.form.text("back"):
        with call.site.database.write() as tx:
            number = call.form.text("back")
            known = number.isascii() and number.isdigit() and len(number) < 19
            now = call.site.clock.now()
            gone = unshare(tx.connection, now, call.actor, place, int(number)) if known else None
            if gone is None:
                raise not_found()
            no_more = With(gone.with_module, gone.with_id, "")
            tell(tx, now, call.actor, place, no_more, call.live.revision)
        return flash(RedirectResponse(f"{record_address(*place)}/share", 303), "saved")
    level, whom = call.form.text("level"), whom_of(call)
    if level not in LEVELS:
        raise bad_request(message("A record is shared to be seen or to be changed."), "level")
    if isinstance(whom, Message):
        return _draw(screen, call, module, card, error=whom)
    try:
        with call.site.database.write() as tx:
            now = call.site.clock.now()
            share(tx.connection, now, call.actor, place, whom, level)
            tell(tx, now, call.actor, place, With(*whom, level), call.live.revision)
    except FullError:
        told = message("A record is shared with {most} at most.", most=MOST)
        return _draw(screen, call, module, card, error=told)
    return flash(RedirectResponse(f"{record_address(*place)}/share", 303), "saved")


def is_shared_here(call: Call, module: Module) -> bool:
    """Whether records of a module are shared by hand at all: where not everybody may change them anyway."""
    access = call.live.catalog.access
    return (
        access.is_asked
        and not module.system
        and module.parent is None
        and access.sharing.written
        and access.sharing.level(module.key) != "write"
    )


def _place(call: Call) -> tuple[Module, Card]:
    module = written_module(call, "update")
    card = load(call, module, record_id(call), ())
    require_on(call, module, card.id, "update")
    if not is_shared_here(call, module):
        raise not_found()
    return module, card


def whom_of(call: Call) -> tuple[str, int] | Message:
    """The user or the group that the form names, or what is wrong with it."""
    typed, given = call.form.text("to:text").strip(), call.form.text("to")
    found = called(call, WITH, typed) if typed and not given else ref_of(call, WITH, given)
    if found is None:
        return message("Choose with whom it is to be shared.")
    return found if isinstance(found, Message) else (found.module, found.id)


def drawn(
    call: Call, record_id: int, said: Mapping[str, str], error: Message | None = None
) -> Mapping[str, Any]:
    """What a page shows of a record's shares, with the controls for one more; ``said`` are the levels."""
    with call.site.database.read() as connection:
        found = shares_of(connection, record_id)
        names = {
            key: call.live.reader.titles(
                connection,
                key,
                sorted({each.with_id for each in found if each.with_module == key}),
                call.moment,
            )
            for key in WITH
        }
    label = message("With whom").render(call.translate, call.actor.language)
    picker = f"/app/{owned_modules(call.live.catalog)[0]}/pick/owner?present=1"
    return {
        "shares": [_view(call, each, names, said) for each in found],
        "to": FieldView("relation", name="to", id="to", label=label, picker=picker, value=None, text=""),
        "levels": [(key, call.translate(said[key])) for key in said],
        "error": error.render(call.translate, call.actor.language) if error is not None else "",
    }


def _draw(
    screen: Screen, call: Call, module: Module, card: Card, *, error: Message | None = None
) -> Response:
    shared = drawn(call, card.id, OF_RECORD, error)
    context = {"share": {"title": card.title, "href": record_address(module.key, card.id), **shared}}
    return screen.draw(call, "pages/share.html", context, at=module.key, status=422 if error else 200)


def _view(
    call: Call, each: Share, names: Mapping[str, Mapping[int, str]], said: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": names[each.with_module].get(each.with_id, call.translate("Somebody who is gone")),
        "level": call.translate(said[each.level]),
        "at": call.formats.datetime(each.at),
    }
