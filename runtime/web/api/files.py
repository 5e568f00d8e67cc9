"""A record's files: listed, added by an upload, and their content."""

import hashlib
from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import Response

from runtime.base.messages import Message, message
from runtime.fields.attached import AttachedType
from runtime.model.catalog import Field, Module, Path
from runtime.records.attachments import UploadRefusedError, hang
from runtime.records.change import Change
from runtime.records.reading import Linking
from runtime.storage.query import MOST, Query
from runtime.web.api.answers import answer
from runtime.web.api.caller import DOOR
from runtime.web.api.endpoint import Call
from runtime.web.api.modules import module_of, record_id, written_module
from runtime.web.api.parameters import read_none
from runtime.web.api.repeats import once
from runtime.web.api.saving import save_one
from runtime.web.api.schemas import UPLOADED
from runtime.web.attachment import attachment
from runtime.web.errors import RefusedError, bad_request, not_found
from runtime.web.record_rights import require_on

ANY_FIELD = "file"
"""The name of a part that goes into the module's first field of several files, or hangs on the record itself
where the module has none: it takes no other file's place.
"""


def show(call: Call) -> Response:
    """The files of a record, those of each field in its order."""
    module = module_of(call, "read")
    number = record_id(call)
    read_none(call.request.query_params)
    with call.site.database.read() as connection:
        return answer({"data": _files(call, connection, module, number, None)})


def add(call: Call) -> Response:
    """Add the uploaded files to the fields that the parts are named after, or to the record itself."""
    module = written_module(call, "update")
    number = record_id(call)
    read_none(call.request.query_params)
    uploads = _uploads(call, module)
    with call.site.database.read() as connection:
        _files(call, connection, module, number, None)  # 404 before anything is kept
    require_on(call, module, number, "update")
    added: dict[str, list[int]] = {}
    alone: list[int] = []

    def keep() -> None:
        for field, upload in uploads:
            kept = _keep(call, field, upload)
            (alone if field is None else added.setdefault(field.key, [])).append(kept)

    def work(tx: Any) -> Response:
        values: dict[str, object] = {
            key: Linking(add=tuple(ids)) if module.fields[key].settings["many"] else ids[-1]
            for key, ids in added.items()
        }
        save_one(call, tx, Change(module.key, values, number))
        for file_id in alone:
            save_one(call, tx, hang(module.key, number, file_id))
        new = {file_id for ids in (*added.values(), alone) for file_id in ids}
        return answer({"data": _files(call, tx.connection, module, number, new)}, 201)

    return once(call, work, fingerprint=_fingerprint(uploads), before=keep)


def content(call: Call) -> Response:
    """The bytes of a file, as an attachment that no browser runs."""
    read_none(call.request.query_params)
    return attachment(call.site, call.actor, record_id(call))


def files_fields(module: Module) -> tuple[Field, ...]:
    """The fields of a module that hold files."""
    return tuple(field for field in module.fields.values() if field.targets == (UPLOADED,))


def _files(
    call: Call, connection: Any, module: Module, number: int, only: set[int] | None
) -> list[dict[str, Any]]:
    fields = files_fields(module)
    query = Query(
        module=module.key,
        columns=tuple(Path(field.key, (field,)) for field in fields),
        limit=1,
        ids=(number,),
    )
    page = call.live.reader.page(connection, query, call.moment)
    if not page.rows:
        raise not_found()
    held: list[tuple[str | None, int]] = [
        (field.key, ref.id)
        for field, refs in zip(fields, page.rows[0].values, strict=True)
        for ref in (refs if isinstance(refs, tuple) else (refs,))
        if ref is not None and (only is None or ref.id in only)
    ]
    alone = call.live.attachments.on(connection, number)
    held += [(None, file_id) for file_id in alone if only is None or file_id in only]
    if not held:
        return []
    shape = call.shapes.whole(call.live.catalog.modules[UPLOADED])
    wanted = Query(
        module=UPLOADED,
        columns=shape.columns,
        limit=MOST,
        ids=tuple(dict.fromkeys(file_id for _, file_id in held)),
    )
    rows = call.live.reader.page(connection, wanted, call.moment).rows
    found = {record["id"]: record for record in shape.records(rows)}
    return [
        {**found[file_id], "field": key, "content": f"/api/v1/files/{file_id}/content"}
        for key, file_id in held
        if file_id in found
    ]


def _uploads(call: Call, module: Module) -> list[tuple[Field | None, UploadFile]]:
    fields: dict[str, Field | None] = {field.key: field for field in files_fields(module)}
    if call.form is None:
        raise bad_request(message("Files are sent as multipart/form-data."), "content-type")
    several = (field for field in files_fields(module) if field.settings["many"])
    fields.setdefault(ANY_FIELD, next(several, None))
    uploads: list[tuple[Field | None, UploadFile]] = []
    for name, part in call.form.multi_items():
        if name not in fields:
            sentence = message("A part is named {names}.", names=" or ".join(fields))
            raise bad_request(sentence, name[:60])
        if not isinstance(part, UploadFile) or not part.filename:
            raise bad_request(message("Each part is a file, with its name."), name[:60])
        uploads.append((fields[name], part))
    if not uploads:
        raise bad_request(message("There is no file in the body."), "body")
    return uploads


def _keep(call: Call, field: Field | None, upload: UploadFile) -> int:
    name = upload.filename or ""
    if field is not None and not _accepts(call, field, name, upload.content_type or ""):
        raise _refused(field, message("{label} does not take files of this kind.", label=field.label))
    parsing = call.live.parsing(call.actor, DOOR)
    try:
        return call.live.attachments.keep(
            call.site.database, call.site.files, name, upload.file, call.actor, parsing
        )
    except UploadRefusedError as refusal:
        raise _refused(field, refusal.reason) from None


def _accepts(call: Call, field: Field, name: str, content_type: str) -> bool:
    kind = call.live.types[field.type]
    return not isinstance(kind, AttachedType) or kind.accepts(field.settings, name, content_type)


def _refused(field: Field | None, reason: Message) -> RefusedError:
    at = field.key if field is not None else ANY_FIELD
    return RefusedError(422, "invalid", message("A file was not kept."), {at: (reason,)})


def _fingerprint(uploads: list[tuple[Field | None, UploadFile]]) -> bytes:
    digest = hashlib.sha256()
    for field, upload in uploads:
        named = field.key if field is not None else ""
        digest.update(f"{named}\n{upload.filename}\n".encode("utf-8", "surrogatepass"))
        while chunk := upload.file.read(1 << 20):
            digest.update(chunk)
        upload.file.seek(0)
    return digest.digest()
