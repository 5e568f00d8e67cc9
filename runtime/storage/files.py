"""Files: uploaded content under the digest of itself, so that no name a person gives ever becomes a path."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

CHUNK = 1 << 18
"""How much is read at one time, in bytes."""

SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x1f\x8b", "application/gzip"),
)
"""How some kinds of content begin. What begins otherwise is text, or bytes of no known kind."""


class TooLargeError(Exception):
    """Content that is larger than the site takes; ``limit`` is in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"A file may have {limit >> 20} MiB at most.")
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Kept:
    """Content that is kept: its digest is its address, ``content_type`` is told by the content alone."""

    sha256: str
    size: int
    content_type: str


class FileStore(Protocol):
    """Keeps content and gives it back."""

    def keep(self, content: BinaryIO, *, unlimited: bool = False) -> Kept:
        """Keep content, once however often it comes; raises :class:`TooLargeError`.

        What the site itself has made is ``unlimited``.
        """
        ...

    def open(self, sha256: str) -> Iterator[bytes]:
        """The content in pieces; raises KeyError when there is none of that digest."""
        ...

    def keep_made(self, sha256: str, name: str, content: bytes) -> None:
        """Keep something that was made of the content (a preview) beside it, under a plain name."""
        ...

    def made(self, sha256: str, name: str) -> bytes | None:
        """What was made of the content; None when nothing was, or it is gone."""
        ...

    def kept_before(self, moment: datetime) -> Iterator[str]:
        """The digests of content that was last given before a moment."""
        ...

    def discard(self, sha256: str, kept_before: datetime) -> None:
        """Forget content and what was made of it, unless it was given again since a moment."""
        ...


class LocalFiles:
    """A folder of files, in 256 folders by the first two digits of their digest."""

    def __init__(self, folder: Path, limit: int = 25 << 20) -> None:
        self._folder = folder
        self._limit = limit

    def keep(self, content: BinaryIO, *, unlimited: bool = False) -> Kept:
        """Write it aside first, and give it its name only when it is whole and on the disk."""
        self._folder.mkdir(parents=True, exist_ok=True)
        digest, size, head = hashlib.sha256(), 0, b""
        handle, name = tempfile.mkstemp(prefix="incoming-", dir=self._folder)
        incoming = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                while piece := content.read(CHUNK):
                    size += len(piece)
                    if size > self._limit and not unlimited:
                        raise TooLargeError(self._limit)
                    head = head or piece[:512]
                    digest.update(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            place = self._place(digest.hexdigest())
            place.parent.mkdir(exist_ok=True)
            incoming.replace(place)
        finally:
            incoming.unlink(missing_ok=True)
        return Kept(digest.hexdigest(), size, content_type(head))

    def open(self, sha256: str) -> Iterator[bytes]:
        """The content in pieces."""
        place = self._place(sha256)
        if not place.is_file():
            raise KeyError(f"There is no content {sha256}.")
        return _pieces(place)

    def kept_before(self, moment: datetime) -> Iterator[str]:
        """By the files' times. What an upload that was cut short has left is deleted on the way."""
        for left in self._folder.glob("incoming-*"):
            if _is_older(left, moment):
                left.unlink(missing_ok=True)
        for folder in sorted(self._folder.glob("[0-9a-f][0-9a-f]")):
            for place in sorted(folder.iterdir()):
                if "." not in place.name and _is_older(place, moment):
                    yield place.name

    def discard(self, sha256: str, kept_before: datetime) -> None:
        """Delete it; what is not there is deleted already."""
        place = self._place(sha256)
        if not _is_older(place, kept_before):
            return
        for made in place.parent.glob(f"{sha256}.*"):
            made.unlink(missing_ok=True)
        place.unlink(missing_ok=True)

    def keep_made(self, sha256: str, name: str, content: bytes) -> None:
        """Write it aside first; it can be made again, so it need not be on the disk at once."""
        handle, incoming = tempfile.mkstemp(prefix="incoming-", dir=self._folder)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(incoming).replace(self._made(sha256, name))

    def made(self, sha256: str, name: str) -> bytes | None:
        """The file beside the content."""
        place = self._made(sha256, name)
        return place.read_bytes() if place.is_file() else None

    def _made(self, sha256: str, name: str) -> Path:
        if not name.replace("-", "").replace(".", "").isalnum():
            raise KeyError(f"{name[:80]!r} is no plain name.")
        place = self._place(sha256)
        return place.with_name(f"{sha256}.{name}")

    def _place(self, sha256: str) -> Path:
        if len(sha256) != 64 or any(digit not in "0123456789abcdef" for digit in sha256):
            raise KeyError(f"{sha256[:80]!r} is no SHA-256 digest.")
        return self._folder / sha256[:2] / sha256


def content_type(head: bytes) -> str:
    """What content is, told by how it begins; never by its name, never a kind that a browser would run."""
    for beginning, kind in SIGNATURES:
        if head.startswith(beginning):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return "text/plain" if _is_text(head) else "application/octet-stream"


def _is_older(place: Path, moment: datetime) -> bool:
    try:
        return place.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        return False


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return True


def _pieces(place: Path) -> Iterator[bytes]:
    with place.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece
