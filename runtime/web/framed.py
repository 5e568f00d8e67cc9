"""A letter's HTML as an answer: shown inside a page of the CRM, where it can run, load and reach nothing."""

from starlette.responses import HTMLResponse

POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


def framed(html: str) -> HTMLResponse:
    """The answer for a frame."""
    return HTMLResponse(html, headers={"content-security-policy": POLICY, "x-frame-options": "SAMEORIGIN"})
