"""The manifest of a backup: what is in it, so that what is missing or altered is noticed."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from runtime.upkeep.errors import DamagedError

WHAT = "trellis backup"
FORMAT = 1
"""The version of the archive's own form."""
SECRET = "not included: keep TRELLIS_SECRET, or the file var/secret, apart from this backup"


@dataclass(frozen=True, slots=True)
class RevisionIn:
    """The configuration that was applied when the backup was made."""

    number: int
    hash: str
    title: str
    version: str


@dataclass(frozen=True, slots=True)
class DatabaseIn:
    """The copy of the database: a member of the archive."""

    member: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class FilesIn:
    """The content of files. ``digest`` is one of all their digests; ``missing`` names those that the
    file store had lost already.
    """

    count: int
    bytes: int
    digest: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that a backup says of itself. ``tables`` has how many rows each table has."""

    program: str
    database_format: int
    engine: str
    engine_version: str
    schema: str
    made_at: str
    revision: RevisionIn
    tables: Mapping[str, int]
    database: DatabaseIn
    files: FilesIn

    @property
    def rows(self) -> int:
        """How many rows all tables have."""
        return sum(self.tables.values())

    def to_json(self) -> str:
        """The text of ``manifest.json``."""
        whole = {"what": WHAT, "format": FORMAT, **asdict(self), "secret": SECRET}
        return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def read_manifest(text: bytes) -> Manifest:
    """The manifest of an archive. Raises :class:`DamagedError` where it is none, or of a newer program."""
    try:
        found = json.loads(text)
    except ValueError:
        raise DamagedError("This is no backup of Trellis: its manifest cannot be read.") from None
    if not isinstance(found, dict) or found.get("what") != WHAT:
        raise DamagedError("This is no backup of Trellis: its manifest says something else.")
    if found.get("format") != FORMAT:
        made = f"This backup has the form {found.get('format')!r}"
        raise DamagedError(f"{made}, and this version of Trellis reads {FORMAT}: use a newer version.")
    try:
        return _manifest(found)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise DamagedError("The backup's manifest is not whole.") from None


def digest_of(digests: Iterable[str]) -> str:
    """One digest of several, in whatever order they come."""
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()


def _manifest(found: Mapping[str, Any]) -> Manifest:
    tables = {str(name): int(rows) for name, rows in found["tables"].items()}
    files = {**found["files"], "missing": tuple(found["files"]["missing"])}
    kept = {key: found[key] for key in ("program", "engine", "engine_version", "schema", "made_at")}
    return Manifest(
        **{key: str(value) for key, value in kept.items()},
        database_format=int(found["database_format"]),
        revision=RevisionIn(**found["revision"]),
        tables=tables,
        database=DatabaseIn(**found["database"]),
        files=FilesIn(**files),
    )
