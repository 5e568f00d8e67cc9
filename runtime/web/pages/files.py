"""Files: what was uploaded, given back only as an attachment that no browser runs."""

from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.pages.screen import Screen, record_id


def download(screen: Screen, call: Call) -> Response:
    """The content of one file, if the reader may see a record that has it."""
    with call.site.database.read() as connection:
        found = call.live.attachments.find(connection, call.actor, record_id(call))
    if found is None:
        raise not_found()
    return StreamingResponse(
        call.site.files.open(found.sha256),
        media_type="application/octet-stream",
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(found.name)}",
            "content-length": str(found.size),
            "content-security-policy": "sandbox; default-src 'none'",
        },
    )
