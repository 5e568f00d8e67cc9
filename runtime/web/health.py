"""The health check: cheap, without side effects, and open to everybody."""

import time

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from runtime.sites.site import Site
from runtime.storage.errors import StorageError

AGE = 1.0
"""Seconds for which what was seen is told again, however often somebody asks."""
PATIENCE = 0.5
"""Seconds that the database has for it: the process is well, whatever ails the database."""


class Health:
    """Says that the process answers, with which revision, and for how many seconds the oldest operation has
    waited: 0 when none does, null when that cannot be told now. A process that cannot serve the newest
    revision is ``behind``: it goes on with the one before, for reading.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._seen: tuple[float, float | None] = (float("-inf"), None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await self.answer(Request(scope, receive))
        await response(scope, receive, send)

    async def answer(self, _request: Request) -> JSONResponse:
        """The state of the process and of its queue."""
        now = time.monotonic()
        if now - self._seen[0] > AGE:
            self._seen = (now, None)
            with anyio.move_on_after(PATIENCE):
                found = await anyio.to_thread.run_sync(self._look, abandon_on_cancel=True)
                self._seen = (now, found)
        live, behind = self._site.live, self._site.behind
        state = {"status": "ok", "revision": live.revision, "queue": {"waiting_seconds": self._seen[1]}}
        if behind is not None:
            state |= {"status": "behind", "newest_revision": behind.revision}
        return JSONResponse(state)

    def _look(self) -> float | None:
        try:
            with self._site.database.read() as connection:
                since = self._site.background.operations.waiting_since(connection)
        except StorageError:
            return None
        return 0.0 if since is None else max(0.0, (self._site.clock.now() - since).total_seconds())
