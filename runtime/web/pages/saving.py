"""Saving from a screen: one change through the one writer, in a transaction of its own."""

from starlette.datastructures import UploadFile

from runtime.base.messages import message
from runtime.records.attachments import UploadRefusedError
from runtime.records.change import Change, Refused, Saved
from runtime.web.door import Call
from runtime.web.errors import RefusedError, bad_request


def save_one(call: Call, change: Change) -> Saved | Refused:
    """Save one change as the reader, by the door ``form``."""
    with call.site.database.write() as tx:
        return call.live.writer.save(tx, [change], call.actor, call.live.parsing(call.actor, "form"))[0]


def version_of(call: Call) -> int:
    """The version that the form was made of; a form without one is not ours."""
    text = call.form.text("_version")
    if not text.isdecimal() or len(text) > 18:
        raise bad_request(
            message("The form does not say which version of the record it changes."), "_version"
        )
    return int(text)


def keep_uploads(call: Call, uploads: list[UploadFile]) -> list[int]:
    """Keep uploaded files and give the ids of their records, in order; one that is refused is told so."""
    parsing = call.live.parsing(call.actor, "form")
    attachments = call.live.attachments
    try:
        return [
            attachments.keep(
                call.site.database, call.site.files, upload.filename or "", upload.file, call.actor, parsing
            )
            for upload in uploads
        ]
    except UploadRefusedError as refused:
        raise RefusedError(422, "invalid", refused.reason) from None
