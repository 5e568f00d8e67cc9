"""Links: where a letter leads, and whether each place is there."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Protocol

from runtime.base.messages import Message, message
from runtime.model.outbound import Answer, Request, UnreachableError

MOST = 20
"""So many links of a letter are looked at."""
SECONDS = 20.0
"""So long they are looked at, all together."""
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")
_BY_ITSELF = ("mailto:", "tel:")


class Caller(Protocol):
    """What calls other systems."""

    def send(self, request: Request) -> Answer:
        """Call, and give the answer; raises :class:`UnreachableError`."""
        ...


@dataclass(frozen=True, slots=True)
class Link:
    """A link, whether it is good (None: nobody has looked), and what is to be said of it."""

    address: str
    is_good: bool | None
    said: Message


def links_of(text: str, html: str) -> list[str]:
    """The addresses in a letter's texts, each once, in the order in which they come."""
    reader = _Reader()
    reader.feed(html)
    written = (found.rstrip(".,;:!?)") for found in _ADDRESS.findall(text))
    return list(dict.fromkeys((*reader.found, *written)))


def check_links(addresses: Sequence[str], site: str, caller: Caller | None = None) -> Iterator[Link]:
    """What is to be said of each; those that lead elsewhere are called where there is a ``caller``. ``site``
    is how the CRM's own addresses begin.
    """
    end = time.monotonic() + SECONDS
    for place, address in enumerate(addresses):
        if address.startswith(_BY_ITSELF):
            yield Link(address, True, message("It opens another program."))
        elif not address.startswith(("http://", "https://")):
            yield Link(
                address, False, message("It does not begin with https://: in a mail it leads nowhere.")
            )
        elif address.startswith(f"{site}/"):
            yield Link(address, True, message("It leads into the CRM."))
        elif caller is None or place >= MOST or time.monotonic() > end:
            yield Link(address, None, message("Nobody has looked."))
        else:
            yield _called(address, caller)


def _called(address: str, caller: Caller) -> Link:
    try:
        status = caller.send(Request("GET", address, {"Accept": "*/*"})).status
    except UnreachableError as error:
        return Link(address, False, message("{reason}", reason=str(error)))
    if status < 400:
        return Link(address, True, message("It is there (status {status}).", status=status))
    return Link(address, False, message("It is not there (status {status}).", status=status))


class _Reader(HTMLParser):
    """Collects the places that a page leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where a link leads, and where a picture lies."""
        self.found += [value or "" for name, value in attrs if name in ("href", "src")]
