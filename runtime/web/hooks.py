"""The door for calls of other systems: signed, and answered with the runs that they have started."""

import logging

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from runtime.automation.hooking import HookCall, HookError, receive
from runtime.sites.site import Site
from runtime.storage.errors import StorageError
from runtime.web.threads import Threads

LARGEST = 1 << 20
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
log = logging.getLogger("trellis.web")


class Hooks:
    """Answers at ``/hooks/{key}``. Nobody signs in here: the signature says who calls."""

    def __init__(self, site: Site, threads: Threads) -> None:
        self._site = site
        self._threads = threads

    async def answer(self, request: Request) -> Response:
        """One call."""
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > LARGEST:
                return _refused(413, "The body is larger than 1 MiB.")
        headers = {name: request.headers.get(name, "") for name in HEADERS}
        call = HookCall(str(request.path_params["key"]), headers, bytes(body))
        return await self._threads.run(self._receive, call)

    def _receive(self, call: HookCall) -> Response:
        try:
            self._site.refresh()
            return JSONResponse({"runs": receive(self._site, call)}, 202)
        except HookError as error:
            return _refused(error.status, str(error))
        except StorageError as error:
            log.warning("a call of %s was not taken: %s", call.key, error)
            return _refused(503, "The database is busy; call again.")


def _refused(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"error": {"message": sentence}}, status)
