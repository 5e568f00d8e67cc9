"""``trellis apply``: the plan of a pack, and then the pack itself, applied entirely or not at all."""

from argparse import ArgumentParser, Namespace
from datetime import timedelta

from runtime.base.clock import SystemClock
from runtime.cli import _asking, _packs
from runtime.cli._progress import Progress, was_begun
from runtime.cli.base import DONE, REFUSED, WRONG_INPUT, Command, CommandError, House


class ApplyCommand(Command):
    """Applies a pack after showing what that does."""

    help = "apply a pack to the database"

    def configure(self, parser: ArgumentParser) -> None:
        """The pack, and whether to ask."""
        _packs.configure(parser)
        parser.add_argument("--yes", action="store_true", help="apply without asking")

    def run(self, arguments: Namespace, house: House) -> int:
        """Show the plan, ask, apply; 1 when the pack has errors, 3 when it is refused."""
        from runtime.change.apply import Refused, apply
        from runtime.change.plan import make_plan
        from runtime.change.report import as_text, refused_as_text
        from runtime.language import report
        from runtime.sites.starting import StartError, starting

        loaded = _packs.load_pack(arguments, house)
        if loaded.catalog is None:
            print(report.as_text(loaded.diagnostics, loaded.sources), file=house.out)
            return WRONG_INPUT
        with _packs.open_database(house) as database:
            with database.read() as connection:
                plan = make_plan(connection, loaded.catalog, house.types, database.schema)
            print(as_text(plan, loaded.sources), file=house.out, flush=True)
            if plan.refusals:
                return REFUSED
            is_begun = was_begun(database, loaded.catalog.hash, house.out)
            if plan.is_empty and not is_begun:
                return DONE
            if not arguments.yes and not _asking.agreed(house):
                print("Nothing was changed.", file=house.out)
                return REFUSED
            clock = SystemClock()
            try:
                outcome = apply(
                    database,
                    loaded.catalog,
                    loaded.layers,
                    house.types,
                    clock,
                    _asking.whoever_this_is(),
                    expected=plan,
                    on_first=starting(loaded.catalog, house.types, clock),
                    kept=timedelta(days=house.settings.kept_days),
                    on_progress=Progress(house.out),
                )
            except StartError as error:
                raise CommandError(str(error)) from None
        if isinstance(outcome, Refused):
            print(refused_as_text(outcome.refusals, loaded.sources), file=house.out)
            return REFUSED
        if not outcome.is_new:
            return DONE
        print(f"Applied as revision {outcome.revision}.", file=house.out)
        if outcome.revision == 1 and loaded.catalog.data:
            print(f"Records to start with: {len(loaded.catalog.data)}.", file=house.out)
        return DONE
