"""A record on a page for paper."""

from starlette.responses import Response

from runtime.web.door import Call
from runtime.web.pages.record import printed
from runtime.web.pages.screen import Screen, module_of


def show(screen: Screen, call: Call) -> Response:
    """What of its card fits on paper, with a button that prints it."""
    return screen.draw(call, "pages/print.html", {"print": printed(screen, call)}, at=module_of(call).key)
