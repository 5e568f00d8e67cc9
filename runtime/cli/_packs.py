"""What the commands that bring a pack to a database share: arguments, loading, opening the database."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.cli.base import CommandError, House

if TYPE_CHECKING:
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
    )


def load_for_site(arguments: Namespace, house: House) -> "Loaded":
    """The pack with what the site of the settings' database has on top of it, which no folder has."""
    from runtime.change.revisions import open_applied
    from runtime.language.packs import site_layers

    loaded = load_pack(arguments, house)
    if loaded.catalog is None:
        return loaded
    with open_database(house) as database, database.read() as connection:
        applied = open_applied(connection, database.schema)
    above = site_layers(applied.layers) if applied is not None else ()
    return load_pack(arguments, house, above) if above else loaded


@contextmanager
def open_database(house: House) -> "Iterator[Database]":
    """The database of the settings, closed at the end; what goes wrong with it ends the command."""
    from runtime.storage.database import Database
    from runtime.storage.errors import StorageError

    settings = house.settings
    try:
        database = Database.open(settings.database, settings.schema, pool=2)
        try:
            yield database
        finally:
            database.close()
    except StorageError as error:
        raise CommandError(str(error)) from None
