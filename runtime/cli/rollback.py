"""``trellis rollback``: an earlier revision becomes the applied configuration again, with its data."""

from argparse import ArgumentParser, Namespace
from datetime import timedelta
from typing import TYPE_CHECKING

from runtime.base.clock import SystemClock
from runtime.cli import _asking, _packs
from runtime.cli._progress import Progress
from runtime.cli.base import DONE, REFUSED, WRONG_INPUT, Command, CommandError, House

if TYPE_CHECKING:
    from runtime.change.rollback import Aim
    from runtime.storage.database import Database


class RollbackCommand(Command):
    """Goes back to a revision after showing what that does."""

    help = "go back to an earlier revision, and give its data back"

    def configure(self, parser: ArgumentParser) -> None:
        """The revision, and whether to ask."""
        parser.add_argument("revision", type=int, metavar="REV", help="the number that trellis history shows")
        parser.add_argument("--yes", action="store_true", help="go back without asking")
        parser.add_argument(
            "--accept-lossy",
            action="store_true",
            help="go back also where what was edited since is taken out",
        )
        parser.add_argument("--format", choices=("text", "json"), default="text", help="the form of the plan")

    def run(self, arguments: Namespace, house: House) -> int:
        """Show the plan, ask, go back; 1 when there is no such revision, 3 when it is refused."""
        from runtime.change.apply import Refused, apply
        from runtime.change.plan import make_plan
        from runtime.change.report import as_json, as_text, refused_as_text
        from runtime.change.step import Safety

        with _packs.open_database(house) as database:
            _complete(database)
            aim = _aim(arguments.revision, database, house)
            catalog, sources = aim.loaded.catalog, aim.loaded.sources
            assert catalog is not None
            with database.read() as connection:
                plan = make_plan(
                    connection, catalog, house.types, database.schema, house.language, back_to=aim.revision
                )
            said = as_json(plan) if arguments.format == "json" else as_text(plan, sources)
            print(said, file=house.out, flush=True)
            if plan.refusals:
                return REFUSED
            if plan.is_empty:
                return DONE
            if plan.safety is Safety.LOSSY and not arguments.accept_lossy:
                lossy = "A step of this gives something up: say --accept-lossy to go back all the same."
                raise CommandError(lossy, REFUSED)
            if not arguments.yes and not _asking.agreed(house, "Go back?"):
                print("Nothing was changed.", file=house.out)
                return REFUSED
            outcome = apply(
                database,
                catalog,
                aim.revision.layers,
                house.types,
                SystemClock(),
                _asking.whoever_this_is(),
                expected=plan,
                kept=timedelta(days=house.settings.kept_days),
                message=f"Back to revision {aim.revision.number}.",
                accept_lossy=arguments.accept_lossy,
                back_to=aim.revision,
                on_progress=Progress(house.out),
            )
        if isinstance(outcome, Refused):
            print(refused_as_text(outcome.refusals, sources), file=house.out)
            return REFUSED
        print(f"Back at revision {aim.revision.number}, as revision {outcome.revision}.", file=house.out)
        return DONE


def _complete(database: "Database") -> None:
    """Bring the runtime's own tables to what this version looks at, where there are any."""
    from runtime.change.completing import complete
    from runtime.change.revisions import is_set_up

    with database.read() as connection:
        stands = is_set_up(connection, database.schema)
    if stands:
        complete(database)


def _aim(number: int, database: "Database", house: House) -> "Aim":
    from runtime.change.rollback import NoWayBackError, aim_at
    from runtime.language import report

    try:
        with database.read() as connection:
            return aim_at(connection, number, database.schema, house.types, house.checks, house.language)
    except NoWayBackError as error:
        if error.loaded is not None:
            print(report.as_text(error.loaded.diagnostics, error.loaded.sources), file=house.out)
        raise CommandError(str(error), WRONG_INPUT) from None
