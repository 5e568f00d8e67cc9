"""The archive of a backup: one ZIP file with a manifest, a copy of the database, and the content of files.

Its members are ``manifest.json``, ``database.sqlite`` or ``database.dump``, and ``files/DIGEST`` for each
content, and nothing else: no name in it is ever made into a path. What is read is bounded by what the
archive says of itself, and that by the room on the disk.
"""

import hashlib
import os
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from runtime.upkeep.errors import DamagedError
from runtime.upkeep.manifest import Manifest, digest_of, read_manifest

MANIFEST = "manifest.json"
FILES = "files/"
CONTENT = re.compile(r"files/[0-9a-f]{64}")
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
CHUNK = 1 << 20
MOST_MANIFEST = 16 << 20
"""The longest manifest, in bytes: some hundred thousand names of tables."""


class ArchiveWriter:
    """Writes an archive; the manifest comes last, so that one that was cut short has none."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=1)

    def add_file(self, name: str, source: Path, *, is_packed: bool) -> tuple[int, str]:
        """A member with the content of a file; gives its length and its digest."""
        with source.open("rb") as opened:
            pieces = iter(lambda: opened.read(CHUNK), b"")
            return self._add(_as_it_is(name) if is_packed else name, pieces)

    def add_content(self, digest: str, pieces: Iterator[bytes]) -> tuple[int, str]:
        """A file's content: it is kept as it is, for most of it cannot be packed any more."""
        return self._add(_as_it_is(f"{FILES}{digest}"), pieces)

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, and the list of members at the end."""
        self._zip.writestr(MANIFEST, manifest.to_json())
        self._zip.close()

    def _add(self, name: str | zipfile.ZipInfo, pieces: Iterator[bytes]) -> tuple[int, str]:
        digest, length = hashlib.sha256(), 0
        with self._zip.open(name, "w", force_zip64=True) as member:
            for piece in pieces:
                digest.update(piece)
                length += len(piece)
                member.write(piece)
        return length, digest.hexdigest()


class Archive:
    """A backup that is read. Everything raises :class:`DamagedError` where it is not whole."""

    def __init__(self, opened: zipfile.ZipFile) -> None:
        self._zip = opened
        self._members = _members(opened)
        self.manifest = read_manifest(self._read_manifest())
        self._check_members()

    @property
    def contents(self) -> Mapping[str, int]:
        """How long the content of each digest is."""
        return {
            name.removeprefix(FILES): about.file_size
            for name, about in self._members.items()
            if name.startswith(FILES)
        }

    @property
    def length(self) -> int:
        """How much room all of it takes when it is unpacked."""
        return sum(about.file_size for about in self._members.values())

    def take_database(self, target: Path) -> None:
        """Unpack the copy of the database into a new file."""
        known = self.manifest.database
        digest = hashlib.sha256()
        with target.open("xb") as file:
            for piece in self._pieces(known.member):
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        if digest.hexdigest() != known.sha256:
            raise DamagedError("The copy of the database is not what was written: its checksum differs.")

    def content(self, digest: str) -> Iterator[bytes]:
        """The content of a file in pieces; the last one comes only when all of it has the right digest."""
        found = hashlib.sha256()
        held = b""
        for piece in self._pieces(f"{FILES}{digest}"):
            found.update(piece)
            if held:
                yield held
            held = piece
        if found.hexdigest() != digest:
            raise DamagedError(f"The file {digest[:16]}… is not what was written: its checksum differs.")
        yield held

    def check_files(self) -> None:
        """Read the content of every file, and compare its digest."""
        for digest in self.contents:
            for _ in self.content(digest):
                pass

    def _read_manifest(self) -> bytes:
        about = self._members.get(MANIFEST)
        if about is None:
            raise DamagedError("This is no backup of Trellis, or one that was cut short: it has no manifest.")
        if about.file_size > MOST_MANIFEST:
            raise DamagedError("The backup's manifest is too large to be one.")
        return b"".join(self._pieces(MANIFEST))

    def _check_members(self) -> None:
        database, files = self.manifest.database, self.manifest.files
        about = self._members.get(database.member)
        if about is None or about.file_size != database.bytes or database.member.startswith(FILES):
            raise DamagedError("The backup's copy of the database is missing or cut short.")
        strange = {*self._members} - {MANIFEST, database.member}
        contents = self.contents
        if strange != {f"{FILES}{digest}" for digest in contents}:
            raise DamagedError("The backup has something in it that no backup has.")
        if (len(contents), sum(contents.values()), digest_of(contents)) != (
            files.count,
            files.bytes,
            files.digest,
        ):
            raise DamagedError("The backup has not the files that its manifest says.")

    def _pieces(self, name: str) -> Iterator[bytes]:
        # Never more than the archive says of itself, whatever comes out of what is packed.
        left = self._members[name].file_size
        try:
            with self._zip.open(name) as member:
                while piece := member.read(CHUNK):
                    left -= len(piece)
                    if left < 0:
                        raise DamagedError(f"{name} is longer than the backup says.")
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise DamagedError(f"{name} cannot be unpacked: {error}.") from error
        if left:
            raise DamagedError(f"{name} is cut short.")


@contextmanager
def open_archive(file: Path) -> Iterator[Archive]:
    """Open a backup: its names, its manifest and its sizes are looked at, its content is not yet read."""
    try:
        opened = zipfile.ZipFile(file)
    except OSError as error:
        raise DamagedError(f"{file} cannot be read: {error.strerror or error}.") from None
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise DamagedError(f"{file} is no backup of Trellis, or was cut short.") from None
    with opened:
        yield Archive(opened)


def _members(opened: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    found: dict[str, zipfile.ZipInfo] = {}
    for about in opened.infolist():
        name = about.filename
        known = name == MANIFEST or name in ("database.sqlite", "database.dump") or CONTENT.fullmatch(name)
        if not known or about.flag_bits & 1 or about.compress_type not in METHODS:
            raise DamagedError(f"The backup has something in it that no backup has: {name[:80]!r}.")
        if name in found:
            raise DamagedError(f"The backup has {name} twice.")
        found[name] = about
    return found


def _as_it_is(name: str) -> zipfile.ZipInfo:
    """A member that is not packed."""
    about = zipfile.ZipInfo(name)
    about.external_attr = 0o600 << 16
    return about
