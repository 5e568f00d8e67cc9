"""Importing a file: it is uploaded and looked at, its columns are mapped, tried out, and imported in the
background.
"""

import shutil
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from runtime.base.messages import Message, message
from runtime.base.working import working_folder
from runtime.model.catalog import Module
from runtime.records.attachments import UploadRefusedError
from runtime.records.csv_file import UnreadableFileError
from runtime.records.table_file import open_table
from runtime.storage.operations import StoredOperation
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.operations import STATES
from runtime.web.pages.import_draft import Draft, open_draft
from runtime.web.pages.import_view import mapping_view, preview
from runtime.web.pages.list import may_import
from runtime.web.pages.operation import address
from runtime.web.pages.screen import Screen, module_of

LATEST = 10
"""Imports that are listed below the form."""


def ask(screen: Screen, call: Call) -> Response:
    """The page that a file is uploaded on, with the reader's latest imports."""
    return _draw_upload(screen, call, _module(call))


def upload(screen: Screen, call: Call) -> Response:
    """Keep the file, if it is one that can be read, and go on to its columns."""
    module = _module(call)
    uploads = call.form.uploads("file")
    if not uploads:
        return _draw_upload(screen, call, module, message("Choose a file."))
    try:
        _look_into(uploads[0])
        file_id = _keep(call, uploads[0])
    except UnreadableFileError as error:
        return _draw_upload(screen, call, module, error.reason)
    except UploadRefusedError as error:
        return _draw_upload(screen, call, module, error.reason)
    return RedirectResponse(_map_address(module, file_id), 303)


def show_map(screen: Screen, call: Call) -> Response:
    """The columns with the fields that are proposed for them, and what the first rows would become."""
    module = _module(call)
    with open_draft(call, module, _number(call.query("file"))) as draft:
        return _draw_map(screen, call, draft)


def save_map(screen: Screen, call: Call) -> Response:
    """Look again, give the map as a file, try the import out, or begin it."""
    module = _module(call)
    action = call.form.text("action")
    with open_draft(call, module, _number(call.query("file")), call.form) as draft:
        if action == "download" and draft.columns is not None:
            return _as_file(module, draft)
        if action in ("dry", "import") and draft.is_ready:
            return RedirectResponse(address(_start(call, draft, dry=action == "dry")), 303)
        refused = action in ("dry", "import", "download") and not draft.is_ready
        return _draw_map(screen, call, draft, 422 if refused else 200)


def start(screen: Screen, call: Call) -> Response:
    """Import what was tried out before, as it was tried out."""
    module = _module(call)
    with call.site.database.read() as connection:
        tried = call.site.background.operations.find(connection, _number(call.form.text("operation")))
    if tried is None or tried.kind != "import" or tried.user_id != call.actor.user_id:
        raise not_found()
    if tried.arguments.get("module") != module.key:
        raise not_found()
    arguments = {**tried.arguments, "dry": False}
    with call.site.database.write() as tx:
        started = call.site.background.start(
            tx, "import", arguments, call.actor, tried.about, call.live.revision
        )
    return RedirectResponse(address(started), 303)


def _start(call: Call, draft: Draft, *, dry: bool) -> int:
    arguments = {
        "module": draft.module.key,
        "files": {"file": draft.file_id},
        "map": draft.map_text,
        "header": draft.header_mark,
        "dry": dry,
    }
    with call.site.database.write() as tx:
        return call.site.background.start(tx, "import", arguments, call.actor, draft.name, call.live.revision)


def _as_file(module: Module, draft: Draft) -> Response:
    return Response(
        draft.map_text,
        media_type="application/yaml",
        headers={"content-disposition": f'attachment; filename="{module.key}.map.yaml"'},
    )


def _draw_map(screen: Screen, call: Call, draft: Draft, status: int = 200) -> Response:
    shown = {
        **_head(call, draft.module),
        **mapping_view(call, draft),
        "preview": preview(call, draft) if draft.is_ready else None,
        "action": _map_address(draft.module, draft.file_id),
    }
    return screen.draw(call, "pages/import_map.html", {"import": shown}, at=draft.module.key, status=status)


def _draw_upload(screen: Screen, call: Call, module: Module, wrong: Message | None = None) -> Response:
    shown = {
        **_head(call, module),
        "error": wrong.render(call.translate, call.actor.language) if wrong is not None else "",
        "most": call.site.settings.upload_bytes >> 20,
        "action": f"/app/{module.key}/import",
        "latest": _latest(call, module),
    }
    status = 200 if wrong is None else 422
    return screen.draw(call, "pages/import.html", {"import": shown}, at=module.key, status=status)


def _head(call: Call, module: Module) -> dict[str, Any]:
    label = module.plural.in_language(call.actor.language)
    return {"module": {"label": label, "href": f"/app/{module.key}"}}


def _latest(call: Call, module: Module) -> list[dict[str, Any]]:
    if call.actor.user_id is None:
        return []
    with call.site.database.read() as connection:
        found = call.site.background.operations.latest(connection, 100, call.actor.user_id)
    return [
        _line(call, operation)
        for operation in found
        if operation.kind == "import" and operation.arguments.get("module") == module.key
    ][:LATEST]


def _line(call: Call, operation: StoredOperation) -> dict[str, Any]:
    state, color = STATES[operation.state]
    return {
        "name": operation.about or "#",
        "href": address(operation.id),
        "state": call.translate(state),
        "color": color,
        "dry": bool(operation.arguments.get("dry")),
        "when": call.formats.datetime(operation.created_at),
    }


def _look_into(upload: UploadFile) -> None:
    """Refuse what cannot be read, before anything of it is kept."""
    with working_folder() as folder:
        copy = folder / "file"
        with copy.open("wb") as written:
            shutil.copyfileobj(upload.file, written)
        upload.file.seek(0)
        with open_table(copy, name=upload.filename):
            pass


def _keep(call: Call, upload: UploadFile) -> int:
    parsing = call.live.parsing(call.actor, "form")
    return call.live.attachments.keep(
        call.site.database, call.site.files, upload.filename or "", upload.file, call.actor, parsing
    )


def _module(call: Call) -> Module:
    module = module_of(call)
    if not may_import(call, module):
        raise not_found()
    return module


def _map_address(module: Module, file_id: int) -> str:
    return f"/app/{module.key}/import/map?{urlencode({'file': file_id})}"


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise not_found()
    return int(text)
