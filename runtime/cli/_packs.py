"""What the commands that bring a pack to a database share: arguments, loading, opening the database."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from runtime.cli.base import CommandError, House

if TYPE_CHECKING:
    from runtime.change.revisions import Revision
    from runtime.language.load import Loaded
    from runtime.language.packs import LayerFiles
    from runtime.storage.database import Database


def configure(parser: ArgumentParser, metavar: str = "PACK", help: str = "the folder of the pack") -> None:
    """The pack, and where other packs are."""
    parser.add_argument("pack", type=Path, metavar=metavar, help=help)
    configure_packs(parser)


def configure_packs(parser: ArgumentParser) -> None:
    """Where other packs are."""
    parser.add_argument(
        "--packs", type=Path, action="append", default=[], metavar="DIR", help="a folder to look for packs in"
    )


def load_pack(arguments: Namespace, house: House, above: "Sequence[LayerFiles]" = ()) -> "Loaded":
    """The pack, with these layers on top, or what is wrong with it."""
    from runtime.language.load import load

    return load(
        arguments.pack,
        packs=tuple(arguments.packs),
        above=above,
        types=house.types,
        checks=house.checks,
        language=house.language,
        shelf=house.shelf,
    )


def load_for_site(arguments: Namespace, house: House) -> "tuple[Loaded, int]":
    """The pack with what the site of the settings' database has on top of it, which no folder has, and the
    number of the revision that this is of: 0 where nothing is applied.
    """
    from runtime.change.revisions import open_applied

    loaded = load_pack(arguments, house)
    if loaded.catalog is None or missing_file(house) is not None:
        return loaded, 0
    with open_database(house) as database, database.read() as connection:
        applied = open_applied(connection, database.schema)
    return on_site(loaded, arguments, house, applied), applied.number if applied is not None else 0


def on_site(loaded: "Loaded", arguments: Namespace, house: House, applied: "Revision | None") -> "Loaded":
    """The pack that was loaded, with what the site of the applied revision has on top of it."""
    from runtime.language.packs import site_layers

    above = site_layers(applied.layers) if applied is not None else ()
    return load_pack(arguments, house, above) if above else loaded


def missing_file(house: House) -> Path | None:
    """SQLite's file where the settings name one that is not there; to open it would make it."""
    from runtime.storage.copying import sqlite_file

    file = sqlite_file(house.settings.database)
    return None if file is None or file.exists() else file


@contextmanager
def open_database(house: House, *, make: bool = False) -> "Iterator[Database]":
    """The database of the settings, closed at the end; what goes wrong with it ends the command. A file that
    is not there is only made when somebody wants to ``make`` one.
    """
    missing = None if make else missing_file(house)
    if missing is not None:
        raise CommandError(
            f"There is no database {missing}: nothing was applied yet, or its name is another."
        )
    with _opened(house.settings.database, house.settings.schema) as database:
        yield database


@contextmanager
def look_at_database(house: House) -> "Iterator[Database]":
    """The database of the settings; where its file is not there, an empty one in its place, and a sentence
    that says so.
    """
    missing = missing_file(house)
    if missing is None:
        with open_database(house) as database:
            yield database
        return
    print(f"There is no database {missing}: trellis apply makes it.", file=house.err, flush=True)
    with (
        TemporaryDirectory(prefix="trellis-") as folder,
        _opened(f"sqlite:///{folder}/empty.db", house.settings.schema) as database,
    ):
        yield database


@contextmanager
def _opened(address: str, schema: str) -> "Iterator[Database]":
    from runtime.storage.database import Database
    from runtime.storage.errors import StorageError

    try:
        database = Database.open(address, schema, pool=2)
        try:
            yield database
        finally:
            database.close()
    except StorageError as error:
        raise CommandError(str(error)) from None
