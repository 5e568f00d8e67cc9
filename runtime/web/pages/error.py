"""The page of a refusal: what happened, what to do, and where to go from here."""

from starlette.responses import Response

from runtime.base.messages import phrase
from runtime.web import shell
from runtime.web.door import Call
from runtime.web.errors import RefusedError
from runtime.web.pages.screen import Screen

TITLES = {
    400: phrase("This address or form cannot be read"),
    403: phrase("You may not do this"),
    404: phrase("Nothing here"),
    408: phrase("That took too long"),
    409: phrase("This cannot be done now"),
    413: phrase("That is too large"),
    422: phrase("This cannot be done"),
    500: phrase("Something went wrong here"),
    503: phrase("Busy right now"),
}
"""What a refusal is called, in English."""


class ErrorPage:
    """Draws refusals: inside the shell for a user who is signed in, by themselves for anybody else."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def refused(self, call: Call, refusal: RefusedError) -> Response:
        """The page of a refusal, under its status."""
        guest = call.session if call.actor.contact is not None else None
        signed_in = call.session is not None and guest is None
        home = (phrase("Go to the start page"), "/app") if signed_in else (phrase("Sign in"), "/signin")
        error = {
            "status": refusal.status,
            "title": call.translate(TITLES.get(refusal.status, TITLES[422])),
            "message": refusal.sentence.render(call.translate, call.actor.language),
            "id": refusal.request_id,
            "actions": [] if guest else [{"label": call.translate(home[0]), "href": home[1]}],
            "signout": guest is not None,
        }
        if signed_in:
            context = {"error": error}
            response = self._screen.draw_part(
                call, "pages/error.html", "main", context, status=refusal.status
            )
        else:
            context = {"error": error, "shell": shell.outside(call, guest.csrf if guest else "")}
            response = self._screen.renderer.page(
                "pages/refused.html", call.actor.language, context, refusal.status
            )
        if refusal.retry_after is not None:
            response.headers["retry-after"] = str(refusal.retry_after)
        return response
