"""``trellis restore``: a backup becomes the database and the files again."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.base.clock import SystemClock
from runtime.cli import _upkeep
from runtime.cli.base import DONE, REFUSED, Command, CommandError, House

if TYPE_CHECKING:
    from runtime.upkeep.engine import Engine


class RestoreCommand(Command):
    """Puts a backup back, after it has looked at all of it."""

    help = "put a backup back into an empty database, or in the place of what is there"

    def configure(self, parser: ArgumentParser) -> None:
        """The backup, and what may be overwritten."""
        parser.add_argument(
            "backup", type=Path, metavar="BACKUP", help="the file that `trellis backup` wrote"
        )
        parser.add_argument("--check", action="store_true", help="only look whether it is whole")
        parser.add_argument(
            "--replace", action="store_true", help="put it in the place of what the database holds"
        )
        parser.add_argument("--yes", action="store_true", help="replace without asking")
        parser.add_argument(
            "--without-backup",
            action="store_true",
            help="with --replace: do not first back up what is there (when that is damaged, say)",
        )

    def run(self, arguments: Namespace, house: House) -> int:
        """Restore it; 1 when it is not whole, 3 when it is refused."""
        from runtime.upkeep.restore import Target, look, restore

        folder = house.settings.folder
        with _upkeep.told():
            engine = _upkeep.make_engine(house)
            if arguments.check:
                print(_upkeep.in_it(look(arguments.backup, engine, folder)), file=house.out)
                print("It was opened and found whole.", file=house.out)
                return DONE
            target = Target(engine, _upkeep.make_files(house), house.settings.files, folder)

            def before(_manifest: object) -> None:
                if arguments.replace and engine.tables() is not None:
                    engine.check_alone()
                    _agree(arguments, house)
                    if not arguments.without_backup:
                        _keep(house, engine)

            manifest = restore(arguments.backup, target, replace=arguments.replace, before=before)
        print(_upkeep.in_it(manifest), file=house.out)
        print("Restored. What was encrypted opens with the secret of that time.", file=house.out)
        return DONE


def _agree(arguments: Namespace, house: House) -> None:
    if arguments.yes:
        return
    if not sys.stdin.isatty():
        raise CommandError("There is nobody to ask here: say --yes to replace what is there.", REFUSED)
    print("Replace everything that the database holds? [y/N] ", end="", file=house.out, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise CommandError("Nothing was changed.", REFUSED)


def _keep(house: House, engine: "Engine") -> None:
    """Back up what is about to be replaced."""
    from runtime.upkeep.backup import back_up

    folder = house.settings.folder / "backups"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _upkeep.open_database(house) as database:
        made = back_up(database, engine, _upkeep.make_files(house), folder, SystemClock())
    print(f"What was there before is kept in {made.file}.", file=house.out)
