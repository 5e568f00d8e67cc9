"""The page of a refusal: what happened, what to do, and where to go from here."""

from starlette.responses import PlainTextResponse, Response

from runtime.web.door import Call
from runtime.web.errors import RefusedError
from runtime.web.pages.screen import Screen

TITLES = {
    400: "This address or form cannot be read",
    403: "You may not do this",
    404: "Nothing here",
    409: "Somebody else saved first",
    422: "This cannot be done",
    503: "Busy right now",
}
"""What a refusal is called, in English."""


class ErrorPage:
    """Draws refusals: inside the shell for one who is signed in, plainly for one who is not."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def refused(self, call: Call, refusal: RefusedError) -> Response:
        """The page of a refusal, under its status."""
        sentence = refusal.sentence.render(call.translate, call.actor.language)
        if call.session is None:
            return PlainTextResponse(sentence, refusal.status)
        context = {
            "error": {
                "status": refusal.status,
                "title": call.translate(TITLES.get(refusal.status, "This cannot be done")),
                "message": sentence,
                "changes": (),
                "id": None,
                "actions": [{"label": call.translate("Go to the start page"), "href": "/app"}],
            }
        }
        return self._screen.draw(call, "pages/error.html", context, status=refusal.status)
