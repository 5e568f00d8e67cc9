"""An uploaded file as an answer: always an attachment of unknown kind, which no browser opens or runs."""

from typing import Any
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from runtime.identity.actor import Actor
from runtime.records.attachments import Attachment
from runtime.sites.live import Live
from runtime.sites.site import Site
from runtime.storage.query import Query
from runtime.web.errors import not_found


def attachment(site: Site, actor: Actor, file_id: int) -> Response:
    """The content of one file; 404 when it is unknown, or the reader may not see it."""
    with site.database.read() as connection:
        found = seen_file(site.live.seen_by(actor), connection, actor, file_id)
    if found is None:
        raise not_found()
    return StreamingResponse(
        site.files.open(found.sha256),
        media_type="application/octet-stream",
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(found.name, safe='')}",
            "content-length": str(found.size),
            "content-security-policy": "sandbox; default-src 'none'",
        },
    )


def seen_file(live: Live, connection: Any, actor: Actor, file_id: int) -> Attachment | None:
    """The file of an id; None when there is none, or the actor, as whom the snapshot is seen, may not see
    it.
    """
    found = live.attachments.find(connection, actor, file_id)
    return found if found is not None and _may_read(live, connection, actor, found) else None


def _may_read(live: Live, connection: Any, actor: Actor, found: Attachment) -> bool:
    """Whether the reader sees the record that holds the file, or on which it hangs."""
    query = Query("files", ids=(found.id,), limit=1)
    return bool(live.reader.page(connection, query, live.moment(actor)).rows)
