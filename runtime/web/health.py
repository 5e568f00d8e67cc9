"""The health check: cheap, without side effects, and open to everybody."""

from starlette.requests import Request
from starlette.responses import JSONResponse


async def health(request: Request) -> JSONResponse:
    """Says that the process answers."""
    return JSONResponse({"status": "ok"})
