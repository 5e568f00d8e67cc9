"""Sources: the files of the applied revision, so that whatever names a place can lead there."""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.responses import Response

from runtime.model.catalog import Origin
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.pages.screen import Screen

MOST = 5000
"""So many lines of a file are shown."""


def place_of(origin: Origin) -> str:
    """A place as people write it, with its layer."""
    return f"{origin.layer}: {origin.span.file}:{origin.span.line}"


def source_address(origin: Origin) -> str:
    """Where the line of a place is shown."""
    return line_address(origin.span.file, origin.span.line)


def line_address(file: str, line: int) -> str:
    """Where a line of a file is shown."""
    return f"/admin/source?{urlencode({'file': file})}#line-{min(line, MOST)}"


def show(screen: Screen, call: Call) -> Response:
    """A file of the applied revision, line by line."""
    sources: Mapping[str, str] = call.live.catalog.sources
    name = call.query("file")
    if name not in sources:
        raise not_found()
    lines = sources[name].splitlines()
    context = {
        "source": {
            "pack": call.live.catalog.title.in_language(call.actor.language),
            "revision": call.live.revision,
            "file": name,
            "lines": lines[:MOST],
            "more": call.formats.integer(len(lines) - MOST) if len(lines) > MOST else "",
        },
        "admin_tabs": tabs(call, "setup"),
    }
    return screen.draw(call, "admin/source.html", context)
