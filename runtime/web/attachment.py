"""An uploaded file as an answer: always an attachment of unknown kind, which no browser opens or runs."""

from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from runtime.identity.actor import Actor
from runtime.sites.site import Site
from runtime.web.errors import not_found


def attachment(site: Site, actor: Actor, file_id: int) -> Response:
    """The content of one file; 404 when it is unknown, or the reader may not see it."""
    with site.database.read() as connection:
        found = site.live.attachments.find(connection, actor, file_id)
    if found is None:
        raise not_found()
    return StreamingResponse(
        site.files.open(found.sha256),
        media_type="application/octet-stream",
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(found.name)}",
            "content-length": str(found.size),
            "content-security-policy": "sandbox; default-src 'none'",
        },
    )
