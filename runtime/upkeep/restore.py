"""Restoring: a backup is looked at from end to end before anything is touched, and put back whole or not."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runtime import __version__
from runtime.base.working import working_folder
from runtime.language.version import read_version
from runtime.storage.files import FileStore
from runtime.storage.runtime_tables import FORMAT
from runtime.upkeep.archive import Archive, open_archive
from runtime.upkeep.engine import Engine
from runtime.upkeep.errors import RefusedError, UpkeepError
from runtime.upkeep.manifest import Manifest
from runtime.upkeep.room import check_room

if TYPE_CHECKING:
    from typing_extensions import Buffer

MARK = "restoring.json"
"""Stands in the folder of files from the first file that is put back until the database is there too."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a backup is put back: the database, the file store, its folder, and the program's own folder."""

    engine: Engine
    files: FileStore
    files_folder: Path
    folder: Path


def restore(
    file: Path, target: Target, *, replace: bool = False, before: Callable[[Manifest], object] | None = None
) -> Manifest:
    """Put a backup back into an empty database, or with ``replace`` in the place of what is there.

    ``before`` is called when the backup has been found whole and nothing has been touched; what it raises
    ends it there. Killed at any moment the database is as it was, and the same command begins again. Raises
    :class:`UpkeepError` and :class:`runtime.storage.errors.StorageError`.
    """
    try:
        with open_archive(file) as archive:
            manifest = archive.manifest
            refuse_foreign(manifest, target.engine)
            _refuse_full(target.engine, replace=replace)
            target.folder.mkdir(parents=True, exist_ok=True)
            check_room(target.folder, 2 * archive.length, "Restoring")
            with working_folder(target.folder) as folder:
                copy = folder / target.engine.member
                archive.take_database(copy)
                archive.check_files()
                target.engine.check(copy, manifest)
                if before is not None:
                    before(manifest)
                _refuse_full(target.engine, replace=replace)
                target.files_folder.mkdir(parents=True, exist_ok=True)
                mark = target.files_folder / MARK
                mark.write_text(json.dumps({"backup": str(file), "made_at": manifest.made_at}), "utf-8")
                _put_files(archive, target.files)
                target.engine.put_back(copy, manifest, replace=replace)
                mark.unlink()
            return manifest
    except OSError as error:
        raise UpkeepError(f"The backup cannot be put back: {error.strerror or error}.") from error


def look(file: Path, engine: Engine, folder: Path) -> Manifest:
    """Look at a backup from end to end without restoring it; ``folder`` is where it is unpacked."""
    with open_archive(file) as archive:
        refuse_foreign(archive.manifest, engine)
        folder.mkdir(parents=True, exist_ok=True)
        check_room(folder, archive.manifest.database.bytes, "Looking at the backup")
        with working_folder(folder) as working:
            copy = working / engine.member
            archive.take_database(copy)
            archive.check_files()
            engine.check(copy, archive.manifest)
        return archive.manifest


def cut_short(files_folder: Path) -> str | None:
    """The backup whose restoring was cut short; None when there is none such."""
    mark = files_folder / MARK
    try:
        return str(json.loads(mark.read_text("utf-8"))["backup"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError):
        return "a backup"


def refuse_foreign(manifest: Manifest, engine: Engine) -> None:
    """Raise :class:`RefusedError` for a backup of another kind of database, or of a newer program."""
    if manifest.engine != engine.name:
        names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
        was, is_now = names.get(manifest.engine, manifest.engine), names[engine.name]
        raise RefusedError(f"The backup is of {was}, and TRELLIS_DATABASE is {is_now}.")
    made, mine = read_version(manifest.program), read_version(__version__)
    if made is None or mine is None or made > mine or manifest.database_format > FORMAT:
        raise RefusedError(
            f"The backup was made by Trellis {manifest.program}, and this is {__version__}: use a newer one."
        )


def _refuse_full(engine: Engine, *, replace: bool) -> None:
    there = engine.tables()
    if there is None:
        return
    if "trellis_counters" not in there:
        raise RefusedError("The database holds tables that are not Trellis's; name an empty one.")
    if not replace:
        raise RefusedError("The database is not empty: name an empty one, or say --replace.")


def _put_files(archive: Archive, files: FileStore) -> None:
    for digest in archive.contents:
        kept = files.keep(io.BufferedReader(_Pieces(archive.content(digest)), 1 << 20), unlimited=True)
        if kept.sha256 != digest:  # the archive has looked at it already; this is the disk
            raise UpkeepError(f"The file {digest[:16]}… was not written as it is.")


class _Pieces(io.RawIOBase):
    """Pieces that come one after the other, as something to read from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: "Buffer") -> int:
        """As much as is there, and fits; 0 at the end."""
        view = memoryview(buffer)
        while not self._left and (piece := next(self._pieces, None)) is not None:
            self._left = piece
        taken = self._left[: len(view)]
        view[: len(taken)] = taken
        self._left = self._left[len(taken) :]
        return len(taken)
