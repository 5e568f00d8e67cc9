"""Backing up: one archive of a moment, whole and looked at before it gets its name, while others work."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from runtime import __version__
from runtime.base.clock import Clock
from runtime.base.working import working_folder
from runtime.storage.database import Database
from runtime.storage.files import FileStore
from runtime.upkeep.archive import ArchiveWriter, open_archive
from runtime.upkeep.contents import Content, Contents
from runtime.upkeep.engine import Engine
from runtime.upkeep.errors import RefusedError, UpkeepError
from runtime.upkeep.manifest import DatabaseIn, FilesIn, Manifest, digest_of
from runtime.upkeep.room import check_room

KNOWN = "backup"
"""The counter that tells when the last backup was made, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made. ``lost`` are the digests of files that records hold and the store has not."""

    file: Path
    bytes: int
    manifest: Manifest
    lost: tuple[str, ...]


def back_up(database: Database, engine: Engine, files: FileStore, target: Path, clock: Clock) -> Backup:
    """Write a backup of this moment into a new file, or into a folder under a name with the time in it.

    It is written aside, read again, and gets its name when it is whole. Raises
    :class:`runtime.upkeep.errors.UpkeepError` and :class:`runtime.storage.errors.StorageError`; nothing is
    left then.
    """
    made_at = clock.now()
    if target.is_dir():
        target = target / f"trellis-{made_at:%Y%m%d-%H%M%S}.zip"
    if target.exists():
        raise RefusedError(f"{target} is there already, and a backup overwrites nothing.")
    if not target.parent.is_dir():
        raise UpkeepError(f"There is no folder {target.parent}.")
    try:
        return _make(
            database, engine, files, target, made_at.isoformat(timespec="seconds"), made_at.timestamp()
        )
    except OSError as error:
        raise UpkeepError(f"The backup cannot be written: {error.strerror or error}.") from error


def _make(
    database: Database, engine: Engine, files: FileStore, target: Path, made_at: str, stamp: float
) -> Backup:
    size = engine.size(database)
    check_room(target.parent, 3 * size, "The backup")
    with working_folder(target.parent) as folder:
        copy, whole = folder / engine.member, folder / "whole.zip"
        found = engine.copy(database, copy)
        length = sum(each.size for each in found.files)
        check_room(target.parent, copy.stat().st_size * 2 + length, "The backup")
        with whole.open("xb") as opened:
            os.fchmod(opened.fileno(), 0o600)
            writer = ArchiveWriter(opened)
            known = DatabaseIn(
                engine.member, *writer.add_file(engine.member, copy, is_packed=engine.is_packed)
            )
            copy.unlink()
            in_it, gone = _add_files(writer, files, found.files)
            manifest = _manifest(engine, database, found, made_at, known, in_it)
            writer.finish(manifest)
            opened.flush()
            os.fsync(opened.fileno())
        verify(whole, engine, folder)
        _name(whole, target)
    _note(database, int(stamp))
    lost = tuple(each.sha256 for each in gone if each.is_needed)
    return Backup(target, target.stat().st_size, manifest, lost)


def verify(file: Path, engine: Engine, folder: Path) -> Manifest:
    """Read the whole of a backup and open its database; ``folder`` is where it is unpacked for a while.

    Raises :class:`runtime.upkeep.errors.DamagedError`.
    """
    with open_archive(file) as archive:
        archive.check_files()
        copy = folder / f"opened-{engine.member}"
        try:
            archive.take_database(copy)
            engine.check(copy, archive.manifest)
        finally:
            copy.unlink(missing_ok=True)
        return archive.manifest


def last_backup(database: Database) -> int | None:
    """When the last backup was made, in seconds since 1970; None when there was none."""
    query = text("SELECT value FROM trellis_counters WHERE key = :key")
    with database.read() as connection:
        found = connection.execute(query, {"key": KNOWN}).scalar()
    return None if found is None else int(found)


def _add_files(
    writer: ArchiveWriter, files: FileStore, wanted: tuple[Content, ...]
) -> tuple[FilesIn, list[Content]]:
    written: list[str] = []
    gone: list[Content] = []
    total = 0
    for each in wanted:
        if not _is_sound(files, each.sha256):
            gone.append(each)
            continue
        length, _ = writer.add_content(each.sha256, files.open(each.sha256))
        written.append(each.sha256)
        total += length
    missing = tuple(each.sha256 for each in gone)
    return FilesIn(len(written), total, digest_of(written), missing), gone


def _is_sound(files: FileStore, wanted: str) -> bool:
    """Whether the store has this content, and it is still what was kept: what it has lost holds up no
    backup.
    """
    digest = hashlib.sha256()
    try:
        for piece in files.open(wanted):
            digest.update(piece)
    except (KeyError, OSError):
        return False
    return digest.hexdigest() == wanted


def _manifest(
    engine: Engine, database: Database, found: Contents, made_at: str, known: DatabaseIn, files: FilesIn
) -> Manifest:
    return Manifest(
        program=__version__,
        database_format=found.database_format,
        engine=engine.name,
        engine_version=engine.version(database),
        schema=database.schema,
        made_at=made_at,
        revision=found.revision,
        tables=found.tables,
        database=known,
        files=files,
    )


def _name(whole: Path, target: Path) -> None:
    """Give the finished file its name, unless somebody has taken that meanwhile."""
    try:
        os.link(whole, target)
    except FileExistsError:
        raise RefusedError(f"{target} is there already, and a backup overwrites nothing.") from None
    except OSError:  # a file system without links
        if target.exists():
            raise RefusedError(f"{target} is there already, and a backup overwrites nothing.") from None
        whole.replace(target)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _note(database: Database, stamp: int) -> None:
    # So that the doctor knows; a backup is a backup without it.
    statement = text(
        "INSERT INTO trellis_counters (key, value) VALUES (:key, :value)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    )
    with database.write() as tx:
        tx.connection.execute(statement, {"key": KNOWN, "value": stamp})
