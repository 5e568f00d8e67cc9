"""Files: hung on any record, taken off it again, and given back as attachments that no browser runs."""

from collections.abc import Sequence

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import Message, message
from runtime.model.catalog import Field, Module
from runtime.records.attachments import hang
from runtime.records.change import Change, Refused, Saved
from runtime.records.reading import Linking
from runtime.web.attachment import attachment
from runtime.web.components.files import fields_of, held_by
from runtime.web.door import Call
from runtime.web.errors import RefusedError, not_found
from runtime.web.pages import record
from runtime.web.pages.card import load, own_path
from runtime.web.pages.dialog import done, prefix_of
from runtime.web.pages.process import refusal_of
from runtime.web.pages.saving import keep_any, keep_uploads, save_all, save_one
from runtime.web.pages.screen import Screen, record_id, written_module
from runtime.web.record_rights import require_on
from runtime.web.shell import flash
from runtime.web.titles import ref_of
from runtime.web.views import record_address


def download(screen: Screen, call: Call) -> Response:
    """The content of one file."""
    return attachment(call.site, call.actor, record_id(call))


def add(screen: Screen, call: Call) -> Response:
    """Hang the uploaded files on the record: in its first field of several files, or on the record itself."""
    module = written_module(call, "update")
    card = load(call, module, record_id(call), ())
    require_on(call, module, card.id, "update")
    field = next((each for each in fields_of(module) if each.settings["many"]), None)
    uploads = call.form.uploads("upload")
    kept, reasons = keep_uploads(call, field, uploads) if field is not None else keep_any(call, uploads)
    if not uploads:
        reasons = [message("Choose a file first.")]
    outcome = _put(call, module, card.id, field, kept) if kept else None
    if isinstance(outcome, Refused):
        reasons += [reason for found in outcome.errors.values() for reason in found]
    saved = outcome if isinstance(outcome, Saved) else None
    return _answer(screen, call, module, card.id, saved, len(kept), reasons)


def ask_removal(screen: Screen, call: Call) -> Response:
    """The question before a file is taken off."""
    module = written_module(call, "update")
    number, file_id = record_id(call), int(call.path("file"))
    _held(call, module, number, file_id)
    ref = ref_of(call, ("files",), str(file_id))
    if ref is None:
        raise not_found()
    confirm = {
        "prefix": prefix_of(call),
        "in_dialog": call.is_partial,
        "title": message("Delete {title}?", title=ref.title).render(call.translate, call.actor.language),
        "text": call.translate("It is taken off this record, and goes to the bin."),
        "action": str(call.request.url.path),
        "button": call.translate("Delete"),
        "icon": "trash",
        "cancel_href": record_address(module.key, number),
    }
    return screen.draw_part(call, "pages/confirm.html", "confirm", {"confirm": confirm}, module.key)


def remove(screen: Screen, call: Call) -> Response:
    """Take a file off the field that holds it, or delete it where it hangs on the record itself."""
    module = written_module(call, "update")
    number, file_id = record_id(call), int(call.path("file"))
    field = _held(call, module, number, file_id)
    require_on(call, module, number, "update")
    change = Change("files", id=file_id, action="delete")
    if field is not None:
        many = field.settings["many"]
        change = Change(module.key, {field.key: Linking(remove=(file_id,)) if many else None}, number)
    outcome = save_one(call, change)
    if isinstance(outcome, Refused):
        raise refusal_of(call, outcome)
    if call.is_partial:
        return done(screen, call, "file_deleted", undo=outcome.change_set)
    response = RedirectResponse(record_address(module.key, number), 303)
    return flash(response, "file_deleted", undo=outcome.change_set)


def _put(
    call: Call, module: Module, number: int, field: Field | None, kept: Sequence[int]
) -> Saved | Refused:
    if field is not None:
        return save_one(call, Change(module.key, {field.key: Linking(add=tuple(kept))}, number))
    return save_all(call, [hang(module.key, number, file_id) for file_id in kept])


def _held(call: Call, module: Module, number: int, file_id: int) -> Field | None:
    """The field that holds a file, None where it hangs on the record itself; 404 where it is not here."""
    card = load(call, module, number, [own_path(field) for field in fields_of(module)])
    for ref, field in held_by(card.module, card.values):
        if ref.id == file_id:
            return field
    with call.site.database.read() as connection:
        if file_id not in call.live.attachments.on(connection, number):
            raise not_found()
    return None


def _answer(
    screen: Screen,
    call: Call,
    module: Module,
    number: int,
    saved: Saved | None,
    count: int,
    reasons: Sequence[Message],
) -> Response:
    said = [reason.render(call.translate, call.actor.language) for reason in reasons]
    if call.is_partial:
        told = ("files_added", saved.change_set, {"count": str(count)}) if saved is not None else None
        return record.draw_files(screen, call, module, said, told)
    if said:
        raise RefusedError(422, "invalid", message("{what}", what=" ".join(said)))
    response = RedirectResponse(record_address(module.key, number), 303)
    change_set = saved.change_set if saved is not None else None
    return flash(response, "files_added", undo=change_set, count=str(count))
