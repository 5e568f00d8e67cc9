"""A slow line for browser tests: what a screen or a test does before an answer has come shows as a failure.

``TRELLIS_SLOW_LINE=750`` holds every request back for up to 750 milliseconds, so that answers come in another
order than they were asked for; ``TRELLIS_SLOW_LINE=1500:bell|rules`` those alone whose path has such a word.
"""

import asyncio
import os
import random
import re

from starlette.types import ASGIApp, Receive, Scope, Send


def slowed(app: ASGIApp) -> ASGIApp:
    """The app, as slow as the environment says."""
    longest, _, words = os.environ.get("TRELLIS_SLOW_LINE", "0").partition(":")
    seconds, held = int(longest) / 1000, re.compile(words)

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and held.search(scope["path"]):
            await asyncio.sleep(random.uniform(0, seconds))
        await app(scope, receive, send)

    return slow if seconds else app
