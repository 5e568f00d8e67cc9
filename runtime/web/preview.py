"""A picture as an answer: a copy that the program drew, of one fixed kind, whatever was uploaded."""

from starlette.responses import Response

from runtime.web.attachment import seen_file
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.pages.screen import Screen, record_id

SIDES = {"small": 96, "large": 960}
"""How large the square is that a copy fits, in pixels."""


def show(screen: Screen, call: Call) -> Response:
    """A copy of one picture; 404 for what is none, or may not be seen."""
    side = SIDES.get(call.path("size"))
    with call.site.database.read() as connection:
        found = seen_file(call.live, connection, call.actor, record_id(call))
    if found is None or side is None or not found.is_picture:
        raise not_found()
    drawn = call.live.attachments.preview(call.site.files, found.sha256, side)
    if drawn is None:
        raise not_found()
    return Response(
        drawn,
        media_type="image/webp",
        headers={
            "cache-control": "private, max-age=3600",
            "content-disposition": "inline",
            "content-security-policy": "sandbox; default-src 'none'",
            "cross-origin-resource-policy": "same-origin",
            "x-content-type-options": "nosniff",
        },
    )
