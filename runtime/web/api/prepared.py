"""What the API makes of a snapshot once, for every request: the shapes of answers, and its own document."""

from functools import cached_property

from runtime.sites.live import Live
from runtime.web.api.answers import to_bytes
from runtime.web.api.openapi import document
from runtime.web.api.shape import Shapes


class Prepared:
    """The API's side of one snapshot. Threads may share it: what two make at once is the same."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self.shapes = Shapes(live)

    @cached_property
    def openapi(self) -> bytes:
        """The OpenAPI document."""
        return to_bytes(document(self.live.catalog, self.live.types))
