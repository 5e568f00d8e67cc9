"""`trellis schema`: JSON Schemas of a pack's files, so that an editor completes and checks them."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from runtime.cli.base import DONE, Command, CommandError, House


class SchemaCommand(Command):
    """Writes the schemas."""

    help = "write JSON Schemas for editors"

    def configure(self, parser: ArgumentParser) -> None:
        """The folder."""
        parser.add_argument("folder", type=Path, metavar="DIR", help="the folder to write them into")

    def run(self, arguments: Namespace, house: House) -> int:
        """Write one file a kind, and a page on how to use them."""
        from runtime.language.starter import write_schemas

        try:
            count = write_schemas(arguments.folder, house.types)
        except OSError as error:
            raise CommandError(f"{arguments.folder} cannot be written: {error.strerror}.") from None
        print(
            f"{count} schemas are in {arguments.folder}; its README.md says how an editor uses them.",
            file=house.out,
        )
        return DONE
