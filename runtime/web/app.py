"""The application: the site's routes behind the guard, and what is answered when something goes wrong."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from runtime.base.messages import Translate, message
from runtime.base.registry import Registry, discover
from runtime.sites.site import Site
from runtime.web import components
from runtime.web.components.base import Component
from runtime.web.door import Door
from runtime.web.errors import bad_request, not_found
from runtime.web.pages.error import ErrorPage
from runtime.web.pages.screen import Screen
from runtime.web.render import Renderer
from runtime.web.routes import routes
from runtime.web.security import HEADERS, Guard
from runtime.web.threads import Threads

log = logging.getLogger("trellis.web")


Application = Starlette
"""What a server serves."""


def make_screen(templates: Path, translate: Callable[[str], Translate]) -> Screen:
    """What draws pages, with every component."""
    kinds = Registry("component", discover(components, Component))  # type: ignore[type-abstract]
    return Screen(Renderer(templates, translate), kinds)


def build(site: Site, screen: Screen) -> Application:
    """The site's ASGI application."""
    error_page = ErrorPage(screen)
    threads = Threads(site.settings.pool)
    door = Door(site, threads, error_page.refused)

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = site.settings.pool
        yield

    return Starlette(
        routes=routes(door, screen),
        lifespan=life,
        middleware=[
            Middleware(
                Guard,
                hosts=site.settings.hosts,
                body_bytes=BODY_BYTES,
                upload_bytes=site.settings.upload_bytes,
            ),
            Middleware(GZipMiddleware, minimum_size=1024, compresslevel=1),
        ],
        exception_handlers={HTTPException: partial(_unread, door), Exception: _broken},
    )


BODY_BYTES = 8 << 20
"""The largest body that is no upload: a batch of a thousand records fits in."""


async def _unread(door: Door, request: Request, problem: Exception) -> Response:
    """An address or a method that no route knows, or a body that cannot be read."""
    assert isinstance(problem, HTTPException)
    if request.scope["path"].startswith("/api/"):
        code = {404: "not_found", 405: "method_not_allowed"}.get(problem.status_code, "bad_request")
        return JSONResponse(_error(code, f"{problem.detail}."), problem.status_code, problem.headers)
    if request.scope["path"].startswith("/static/") or problem.status_code not in (400, 404):
        return PlainTextResponse(f"{problem.detail}.", problem.status_code, problem.headers)
    unread = bad_request(message("{what}", what=f"{problem.detail}"))
    return await door.refuse(request, not_found() if problem.status_code == 404 else unread)


async def _broken(request: Request, problem: Exception) -> Response:
    """Something failed that should not: the log has it all, the reader an id to find it by."""
    request_id = request.scope.get("state", {}).get("request_id", "")
    log.error("request %s failed", request_id, exc_info=problem)
    sentence = f"Something went wrong here. The log has it under {request_id}."
    if request.scope["path"].startswith("/api/"):
        return JSONResponse(_error("internal", sentence), 500, dict(HEADERS))
    return PlainTextResponse(sentence, 500, dict(HEADERS))


def _error(code: str, sentence: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": sentence, "fields": {}, "at": ""}}
