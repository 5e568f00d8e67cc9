"""The API page: how a program gets in, and a console to try REST in the browser, as oneself."""

from starlette.responses import Response

from runtime.web.door import Call
from runtime.web.pages.screen import Screen


def show(screen: Screen, call: Call) -> Response:
    """The page; its console is loaded when it is asked for, for it is larger than all the rest together."""
    context = {"api": {"base": f"{call.request.base_url}api/v1", "document": "/api/v1/openapi.json"}}
    return screen.draw(call, "pages/api.html", context)
