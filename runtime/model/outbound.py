"""Outbound: a call to another system, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Request:
    """A call. ``headers`` have the secrets in them: nothing of it is written down."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, and the body as it is."""

    status: int
    body: bytes = b""
    kind: str = ""


class UnreachableError(Exception):
    """A call that did not come to an answer; the text is a whole sentence. ``lasting``: trying again is of
    no use before somebody mends something.
    """

    def __init__(self, sentence: str, *, lasting: bool) -> None:
        super().__init__(sentence)
        self.lasting = lasting
