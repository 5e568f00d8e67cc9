"""``trellis backup``: the database, the files and the revisions in one archive, while people work."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from runtime.base.clock import SystemClock
from runtime.cli import _upkeep
from runtime.cli.base import DONE, Command, CommandError, House


class BackupCommand(Command):
    """Writes a backup, and reads it again before it says so."""

    help = "write a backup of the database and the files, and look whether it is whole"

    def configure(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument(
            "target",
            nargs="?",
            type=Path,
            metavar="FILE|DIR",
            help="the new file, or a folder that gets one with the time in its name (var/backups)",
        )

    def run(self, arguments: Namespace, house: House) -> int:
        """Write it; 1 when it cannot be written, 3 when it would overwrite something."""
        from runtime.upkeep.backup import back_up
        from runtime.upkeep.room import in_words

        target: Path = arguments.target or house.settings.folder / "backups"
        with _upkeep.told():
            engine = _upkeep.make_engine(house)
            _upkeep.check_there(engine)
            if arguments.target is None:
                _make_folder(target)
            with _upkeep.open_database(house) as database:
                made = back_up(database, engine, _upkeep.make_files(house), target, SystemClock())
        print(_upkeep.in_it(made.manifest), file=house.out)
        print(f"{made.file}: {in_words(made.bytes)}, opened and found whole.", file=house.out)
        if made.lost:
            some = ", ".join(f"{digest[:16]}…" for digest in made.lost[:5])
            print(
                f"Missing in the file store already, so not in the backup: {len(made.lost)} ({some}).",
                file=house.err,
            )
        print(_upkeep.SECRET, file=house.out)
        return DONE


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CommandError(f"{folder} cannot be made: {error.strerror}.") from None
