"""Files: what was uploaded, given back only as an attachment that no browser runs."""

from starlette.responses import Response

from runtime.web.attachment import attachment
from runtime.web.door import Call
from runtime.web.pages.screen import Screen, record_id


def download(screen: Screen, call: Call) -> Response:
    """The content of one file."""
    return attachment(call.site, call.actor, record_id(call))
