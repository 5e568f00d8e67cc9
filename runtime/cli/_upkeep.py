"""What the commands of upkeep share: the kind of database, the file store, and how errors end a command."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from runtime.cli.base import REFUSED, CommandError, House

if TYPE_CHECKING:
    from runtime.storage.database import Database
    from runtime.storage.files import FileStore
    from runtime.upkeep.engine import Engine
    from runtime.upkeep.manifest import Manifest

SECRET = (
    "The secret is not in it: keep TRELLIS_SECRET, or the file var/secret, in another place."
    " Without it nobody opens what records keep encrypted."
)


def make_engine(house: House) -> "Engine":
    """The kind of database that the settings name."""
    from runtime.storage.copying import sqlite_file
    from runtime.upkeep.postgresql import PostgresqlEngine
    from runtime.upkeep.sqlite import SqliteEngine

    settings = house.settings
    file = sqlite_file(settings.database)
    if file is not None:
        return SqliteEngine(file)
    return PostgresqlEngine(settings.database, settings.schema, settings.programs)


def make_files(house: House) -> "FileStore":
    """The file store."""
    from runtime.storage.files import LocalFiles

    return LocalFiles(house.settings.files, house.settings.upload_bytes)


def check_there(engine: "Engine") -> None:
    """A database that is not there is not made by looking at it."""
    if engine.tables() is None:
        raise CommandError("There is no database yet, or it is empty: TRELLIS_DATABASE names it.")


@contextmanager
def open_database(house: House) -> "Iterator[Database]":
    """The database of the settings, closed at the end."""
    from runtime.storage.database import Database

    database = Database.open(house.settings.database, house.settings.schema, pool=2)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def told() -> Iterator[None]:
    """What goes wrong ends the command with its sentence; what is refused, with 3."""
    from runtime.storage.errors import StorageError
    from runtime.upkeep.errors import RefusedError, UpkeepError

    try:
        yield
    except RefusedError as error:
        raise CommandError(str(error), REFUSED) from None
    except (UpkeepError, StorageError) as error:
        raise CommandError(str(error)) from None


def in_it(manifest: "Manifest") -> str:
    """One line of what a backup has."""
    from runtime.upkeep.room import in_words

    revision, files = manifest.revision, manifest.files
    return (
        f"Revision {revision.number} of {revision.title} {revision.version}, {manifest.made_at}:"
        f" {manifest.rows:,} rows in {len(manifest.tables)} tables,"
        f" {files.count:,} {'file' if files.count == 1 else 'files'} ({in_words(files.bytes)})."
    )
