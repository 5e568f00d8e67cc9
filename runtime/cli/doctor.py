"""``trellis doctor``: what is wrong with a site, and how each of it is mended."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from runtime.base.clock import SystemClock
from runtime.cli import _upkeep
from runtime.cli.base import DONE, WRONG_INPUT, Command, House

if TYPE_CHECKING:
    from runtime.upkeep.finding import Finding


class DoctorCommand(Command):
    """Looks at everything, and changes nothing."""

    help = "look for what is wrong with a site, and say how it is mended"

    def configure(self, parser: ArgumentParser) -> None:
        """The form of the answer, and what is not looked at."""
        parser.add_argument(
            "--format", choices=("text", "json"), default="text", help="the form of the answer"
        )
        parser.add_argument(
            "--without",
            action="append",
            default=[],
            metavar="CHECK",
            help="leave a check out, by its code or its name (backup_age)",
        )

    def run(self, arguments: Namespace, house: House) -> int:
        """Say what was found; 1 when something is wrong."""
        from runtime.storage.copying import is_in_wal_mode, sqlite_file
        from runtime.upkeep.doctor import examine, unreadable
        from runtime.upkeep.errors import UnreadableError
        from runtime.upkeep.patient import Patient, Registries

        settings = house.settings
        with _upkeep.told():
            try:
                _upkeep.check_there(_upkeep.make_engine(house))
            except UnreadableError as error:
                return self._tell([unreadable(str(error))], arguments, house)
            file = sqlite_file(settings.database)
            was_in_wal_mode = file is None or is_in_wal_mode(file)
            with _upkeep.open_database(house) as database:
                patient = Patient(
                    settings,
                    database,
                    _upkeep.make_files(house),
                    SystemClock(),
                    Registries(house.types, house.checks, house.language),
                    was_in_wal_mode=was_in_wal_mode,
                )
                found = examine(patient, arguments.without)
        return self._tell(found, arguments, house)

    def _tell(self, found: "list[Finding]", arguments: Namespace, house: House) -> int:
        from runtime.upkeep.doctor import as_json, as_text

        print(as_json(found) if arguments.format == "json" else as_text(found), file=house.out)
        return WRONG_INPUT if any(one.is_wrong for one in found) else DONE
