"""Exporting a list: a page that asks for the kind of file, and the file, at once or from the background."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from starlette.responses import RedirectResponse, Response, StreamingResponse

from runtime.base.messages import message
from runtime.model.catalog import Module
from runtime.records.export_asked import ExportAsked
from runtime.records.export_files import FORMATS, no_progress
from runtime.records.export_noted import note_export
from runtime.records.exporting import Export, NotExportedError
from runtime.web.door import Call
from runtime.web.errors import RefusedError, bad_request
from runtime.web.pages.list import Listing, narrowed, read_listing, sort_text
from runtime.web.pages.operation import address
from runtime.web.pages.screen import Screen, module_of

AT_ONCE = 5000
"""Records that are exported while the reader waits; more of them go to the background."""


def ask(screen: Screen, call: Call) -> Response:
    """What is to be exported, and as what."""
    module = module_of(call)
    listing = read_listing(call, module)
    asked = _asked(call, module, listing)
    count = _opened(call, asked).count(AT_ONCE)
    return screen.draw(call, "pages/export.html", {"export": _context(call, listing, count)}, at=module.key)


def export(screen: Screen, call: Call) -> Response:
    """The file; a large one is made in the background."""
    module = module_of(call)
    asked = _asked(call, module, read_listing(call, module))
    opened = _opened(call, asked)
    name = f"{module.key}-{call.moment.today.isoformat()}.{asked.format}"
    if opened.count(AT_ONCE) > AT_ONCE:
        with call.site.database.write() as tx:
            started = call.site.background.start(
                tx, "export", asked.to_json(), call.actor, name, call.live.revision
            )
        return RedirectResponse(address(started), 303)
    note_export(call.site.database.write, call.site.clock.now(), call.actor, asked)
    kind = asked.file_format
    return StreamingResponse(
        _begun(kind.pieces(opened, no_progress)),
        media_type=kind.content_type,
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "content-security-policy": "sandbox; default-src 'none'",
        },
    )


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    # What goes wrong at the beginning is told by a page, not by a file that ends too soon.
    return chain((next(pieces, b""),), pieces)


def _asked(call: Call, module: Module, listing: Listing) -> ExportAsked:
    kind = call.form.text("format", "xlsx")
    if kind not in FORMATS:
        raise bad_request(message("An export is one of {names}.", names=", ".join(FORMATS)), "format")
    every = call.form.text("fields") == "every"
    # A user's own filter goes along as what it asks for: it may be changed before the file is made.
    own = (listing.filter.where.text,) if listing.saved and listing.filter.where else ()
    return ExportAsked(
        module=module.key,
        format=kind,
        filter="" if listing.saved else listing.filter.key,
        where=(*own, *narrowed(call, listing)),
        search=listing.search,
        sort=listing.sort_text or (sort_text(listing.filter.sort) if listing.saved else ""),
        columns=() if every else tuple(path.text for path in listing.columns),
        every=every,
        keys=call.form.text("wording") == "keys",
        ids="ids" in call.form,
    )


def _opened(call: Call, asked: ExportAsked) -> Export:
    try:
        return asked.open(call.live, call.site.database.read, call.actor)
    except NotExportedError as error:
        raise RefusedError(403, "forbidden", error.reason) from None


def _context(call: Call, listing: Listing, count: int) -> dict[str, Any]:
    module, language = listing.module, call.actor.language
    back = listing.address()
    some = call.translate("{count} records") if count != 1 else call.translate("{count} record")
    more = call.translate("More than {count} records: the file is made in the background.")
    return {
        "module": {"label": module.plural.in_language(language), "href": f"/app/{module.key}"},
        "filter": listing.filter.label.in_language(language),
        "action": back.replace(f"/app/{module.key}", f"/app/{module.key}/export", 1),
        "cancel_href": back,
        "count": (some if count <= AT_ONCE else more).format(count=call.formats.integer(min(count, AT_ONCE))),
        "formats": [(kind.name, call.translate(kind.title)) for kind in FORMATS.values()],
    }
