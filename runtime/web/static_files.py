"""Static files, whose address changes with their content: a browser may keep them for ever."""

import gzip
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles as StarletteStaticFiles
from starlette.types import Scope

from runtime.web.render import STATIC

TEXTS = frozenset({".css", ".js", ".svg"})
"""What gets smaller; fonts are compressed already."""


class StaticFiles(StarletteStaticFiles):
    """The folder ``static`` of this room. A text is compressed as small as it gets when it is first asked
    for, and kept so.
    """

    def __init__(self, folder: Path = STATIC) -> None:
        super().__init__(directory=folder)
        self._small: dict[str, bytes] = {}

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, to be kept for a year."""
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            response.headers["cache-control"] = "public, max-age=31536000, immutable"
            if isinstance(response, FileResponse) and _may_be_small(response, scope):
                return await self._compressed(response)
        return response

    async def _compressed(self, whole: FileResponse) -> Response:
        name = str(whole.path)
        body = self._small.get(name)
        if body is None:
            body = self._small[name] = await run_in_threadpool(_compress, Path(name))
        same = ("content-type", "cache-control", "last-modified")
        headers = {key: whole.headers[key] for key in same}
        headers["etag"] = f"W/{whole.headers['etag']}"
        return Response(body, 200, {**headers, "content-encoding": "gzip", "vary": "Accept-Encoding"})


def _may_be_small(response: FileResponse, scope: Scope) -> bool:
    asked = Headers(scope=scope)
    return (
        Path(response.path).suffix in TEXTS
        and scope["method"] == "GET"
        and "range" not in asked
        and "gzip" in asked.get("accept-encoding", "")
    )


def _compress(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), 9, mtime=0)
