"""Backups of SQLite: a copy is a database file, made by SQLite itself."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from runtime.storage.copying import alone, copy_in, copy_out, open_copy, troubles
from runtime.storage.database import Database
from runtime.upkeep.contents import Contents, read_contents
from runtime.upkeep.errors import DamagedError, UnreadableError, UpkeepError
from runtime.upkeep.manifest import Manifest, digest_of


class SqliteEngine:
    """The database of one file."""

    name = "sqlite"
    member = "database.sqlite"
    is_packed = False

    def __init__(self, file: Path) -> None:
        self._file = file

    def version(self, _database: Database) -> str:
        """The library's version."""
        return sqlite3.sqlite_version

    def size(self, _database: Database) -> int:
        """The file, and what is still beside it."""
        beside = self._file.with_name(f"{self._file.name}-wal")
        return self._file.stat().st_size + (beside.stat().st_size if beside.exists() else 0)

    def copy(self, database: Database, target: Path) -> Contents:
        """By ``VACUUM INTO``; what is in it is read from the copy itself."""
        copy_out(database, target)
        try:
            with open_copy(target) as connection:
                return read_contents(connection, "")
        except DBAPIError as error:
            raise UnreadableError(f"{self._file} is damaged: {error.orig}.") from error

    def check(self, copy: Path, manifest: Manifest) -> None:
        """Its pages, indexes and foreign keys; its rows, its revision and the files that it names."""
        try:
            with open_copy(copy) as connection:
                if wrong := troubles(connection):
                    raise DamagedError(f"The copy of the database is damaged: {'; '.join(wrong[:3])}.")
                found = read_contents(connection, "")
        except (DBAPIError, UpkeepError, KeyError, ValueError) as error:
            if isinstance(error, DamagedError):
                raise
            raise DamagedError("The copy of the database cannot be read.") from error
        compare(found, manifest)

    def tables(self) -> frozenset[str] | None:
        """Read without opening the file for writing, so that none is made."""
        if not self._file.exists() or self._file.stat().st_size == 0:
            return None
        try:
            with closing(sqlite3.connect(f"{self._file.as_uri()}?mode=ro", uri=True)) as opened:
                found = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                return frozenset(str(row[0]) for row in found) or None
        except sqlite3.Error as error:
            if "unable to open" in str(error):  # it is well, and so may be what is in it
                said = f"{self._file} cannot be opened: may this account write in {self._file.parent}?"
                raise UpkeepError(f"{said} SQLite keeps files beside it.") from error
            raise UnreadableError(f"{self._file} cannot be read ({error}): move it away first.") from error

    def check_alone(self) -> None:
        """Only who is alone may leave WAL mode."""
        if self._file.exists():
            with alone(self._file):
                pass

    def put_back(self, copy: Path, _manifest: Manifest, *, replace: bool) -> None:
        """Page by page, in one transaction of SQLite."""
        copy_in(copy, self._file)


def compare(found: Contents, manifest: Manifest) -> None:
    """Raise :class:`DamagedError` where a copy has something else than the manifest says."""
    if found.tables != dict(manifest.tables):
        differ = sorted(
            name
            for name in {*found.tables, *manifest.tables}
            if found.tables.get(name) != manifest.tables.get(name)
        )
        raise DamagedError(f"The copy has other rows than the manifest says, in {', '.join(differ[:5])}.")
    if found.revision != manifest.revision:
        raise DamagedError("The copy has another revision than the manifest says.")
    missing = set(manifest.files.missing)
    held = [each.sha256 for each in found.files if each.sha256 not in missing]
    if manifest.files.digest != digest_of(held):
        raise DamagedError("The copy's database names other files than the manifest says.")
