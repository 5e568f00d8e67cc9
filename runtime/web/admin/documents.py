"""The documents of the pack: each as its file would be written about a real record."""

from typing import Any

from starlette.responses import Response

from runtime.automation.previewing import preview_document
from runtime.automation.writing_letters import WrittenDocument
from runtime.model.letters import DocumentTemplate
from runtime.model.values import Ref
from runtime.steps.base import StepError
from runtime.web.admin.drawn import who_uses
from runtime.web.admin.previewed import chosen_language, chosen_record, languages, picker
from runtime.web.admin.source import place_of, source_address
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.framed import framed
from runtime.web.pages.screen import Screen

ADDRESS = "/admin/documents"


def show(screen: Screen, call: Call) -> Response:
    """Every document: what it is about, and which procedures write it."""
    rows = [_row(call, each) for each in call.live.catalog.documents.values()]
    return screen.draw(call, "admin/documents.html", {"documents": rows, "admin_tabs": tabs(call, "mail")})


def show_one(screen: Screen, call: Call) -> Response:
    """One document, about the record that the address names."""
    document = _document(call)
    record, language = chosen_record(call, document.module), chosen_language(call)
    written, error = None, ""
    if record is not None:
        try:
            written = _written(call, document, record, language)
        except StepError as failed:
            error = failed.reason.render(call.translate, call.actor.language)
    is_drawn = record is not None and written is not None and document.is_html
    context = {
        "document": {
            **_row(call, document),
            "picker": picker(call, document.module, record),
            "languages": languages(call, language),
            "error": error,
            "written": written,
            "frame": f"{ADDRESS}/{document.key}/html?record={record.id}&language={language}"
            if is_drawn and record is not None
            else None,
        },
        "admin_tabs": tabs(call, "mail"),
    }
    return screen.draw(call, "admin/document.html", context)


def show_html(screen: Screen, call: Call) -> Response:
    """What an HTML document says, for a frame."""
    document = _document(call)
    record = chosen_record(call, document.module)
    if record is None or not document.is_html:
        raise not_found()
    try:
        return framed(_written(call, document, record, chosen_language(call)).text)
    except StepError:
        raise not_found() from None


def _written(call: Call, document: DocumentTemplate, record: Ref, language: str) -> WrittenDocument:
    with call.site.database.read() as connection:
        return preview_document(call.site.live, connection, document, record.id, language)


def _document(call: Call) -> DocumentTemplate:
    found = call.live.catalog.documents.get(call.path("document"))
    if found is None:
        raise not_found()
    return found


def _row(call: Call, document: DocumentTemplate) -> dict[str, Any]:
    language, catalog = call.actor.language, call.live.catalog
    name = document.name.get(language) or next(iter(document.name.values()))
    return {
        "key": document.key,
        "href": f"{ADDRESS}/{document.key}",
        "module": catalog.modules[document.module].label.in_language(language),
        "name": name.text + (".html" if document.is_html else ".txt"),
        "writers": who_uses(call, "document", document.key),
        "at": place_of(document.origin),
        "source": source_address(document.origin),
    }
