"""The health check: cheap, without side effects, and open to everybody."""

import time
from dataclasses import dataclass
from datetime import datetime

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from runtime.change.journal import unfinished
from runtime.sites.site import Site
from runtime.storage.errors import StorageError
from runtime.storage.runs import Runs

AGE = 1.0
"""Seconds for which what was seen is told again, however often somebody asks."""
PATIENCE = 0.5
"""Seconds that the database has for it: the process is well, whatever ails the database."""


class Health:
    """Says that the process answers, with which revision, and for how many seconds the oldest operation or
    run has waited: 0 when none does, null when that cannot be told now. A process that cannot serve
    the newest revision is ``behind``: it goes on with the one before, for reading. While a large
    apply has begun and not ended, ``apply`` has the revision it began on, and for how many seconds
    nothing was heard of it.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._at = float("-inf")
        self._seen = NOTHING

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await self.answer(Request(scope, receive))
        await response(scope, receive, send)

    async def answer(self, _request: Request) -> JSONResponse:
        """The state of the process and of its queue."""
        now = time.monotonic()
        if now - self._at > AGE:
            self._at, self._seen = now, NOTHING
            with anyio.move_on_after(PATIENCE):
                self._seen = await anyio.to_thread.run_sync(self._look, abandon_on_cancel=True)
        live, behind = self._site.live, self._site.behind
        state = {"status": "ok", "revision": live.revision, "queue": {"waiting_seconds": self._seen.waiting}}
        if behind is not None:
            state |= {"status": "behind", "newest_revision": behind.revision}
        if self._seen.apply is not None:
            state |= {"apply": self._seen.apply}
        return JSONResponse(state)

    def _look(self) -> "_Seen":
        try:
            with self._site.database.read() as connection:
                waiting = (
                    self._site.background.operations.waiting_since(connection),
                    Runs(self._site.clock).waiting_since(connection),
                )
                begun = unfinished(connection)
        except StorageError:
            return NOTHING
        apply = None
        if begun is not None:
            apply = {"base": begun.base, "silent_seconds": self._seconds(begun.beat_at)}
        since = min((moment for moment in waiting if moment is not None), default=None)
        return _Seen(0.0 if since is None else self._seconds(since), apply)

    def _seconds(self, since: datetime) -> float:
        return max(0.0, (self._site.clock.now() - since).total_seconds())


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the database said."""

    waiting: float | None = None
    apply: dict[str, float] | None = None


NOTHING = _Seen()
