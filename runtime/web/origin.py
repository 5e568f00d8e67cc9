"""Cross-site requests are refused: a change must come from a page of the site itself and carry the session's
token.
"""

import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers

SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))


def is_same_origin(headers: Headers) -> bool:
    """Whether the browser says that this request was made by a page of the same origin.

    ``Sec-Fetch-Site`` decides where the browser sends it; otherwise ``Origin`` must name the host; a client
    that sends
    neither is no browser of our time, and the token alone must then do.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def is_right_token(given: str | None, expected: str) -> bool:
    """Whether the form's or header's token is the session's, compared in constant time."""
    return given is not None and hmac.compare_digest(given.encode(), expected.encode())


def local_path(target: str | None, otherwise: str = "/app") -> str:
    """A path of this site to go to next; anything that could lead elsewhere becomes ``otherwise``."""
    if target is None or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return otherwise
    if any(character <= " " or character == "\x7f" for character in target):
        return otherwise
    return target


def came_from(headers: Headers, otherwise: str = "/app") -> str:
    """The page of this site that the request came from."""
    referer, origin = headers.get("referer", ""), f"//{headers.get('host', '')}"
    return local_path(referer.split(origin, 1)[1], otherwise) if origin in referer else otherwise
