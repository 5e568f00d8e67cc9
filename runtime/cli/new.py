"""`trellis new`: a small, commented pack that works, to begin with."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from runtime.cli.base import DONE, Command, CommandError, House


class NewCommand(Command):
    """Writes a pack into a new folder."""

    help = "write a small pack to begin with"

    def configure(self, parser: ArgumentParser) -> None:
        """The folder."""
        (
            parser.add_argument(
                "folder", type=Path, metavar="DIR", help="the folder of the new pack; new or empty"
            ),
        )

    def run(self, arguments: Namespace, house: House) -> int:
        """Write the pack and its schemas, and say what comes next."""
        from runtime.language.starter import NotEmptyError, write_pack

        folder: Path = arguments.folder
        try:
            write_pack(folder, house.types)
        except NotEmptyError:
            raise CommandError(f"{folder} is not empty; name a folder that is new.") from None
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error.strerror}.") from None
        print(f"A pack is in {folder}. Next:\n", file=house.out)
        print(f"  trellis check {folder}\n  trellis serve {folder}", file=house.out)
        return DONE
