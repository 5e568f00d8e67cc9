"""``trellis plan``: what applying a pack would do to the database and change for people, without doing it."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.base.clock import SystemClock
from runtime.cli import _asking, _packs, _plans
from runtime.cli.base import DONE, REFUSED, WRONG_INPUT, Command, CommandError, House

if TYPE_CHECKING:
    from runtime.change.people import Changes
    from runtime.change.plan import Plan
    from runtime.language.load import Loaded


class PlanCommand(Command):
    """Compares a pack with the applied revision and the database."""

    help = "show what applying a pack would do to the database"

    def configure(self, parser: ArgumentParser) -> None:
        """The pack, the form of the plan, and the file to keep it in."""
        _packs.configure(parser)
        parser.add_argument("--format", choices=("text", "json"), default="text", help="the form of the plan")
        parser.add_argument(
            "-o", "--output", type=Path, metavar="FILE", help="a file to seal the plan in, for: apply FILE"
        )

    def run(self, arguments: Namespace, house: House) -> int:
        """Print the plan; 1 when the pack has errors, 3 when the data does not allow it."""
        from runtime.change.plan import make_plan
        from runtime.change.report import as_json, as_text
        from runtime.language import report

        loaded, _ = _packs.load_for_site(arguments, house)
        wants_json = arguments.format == "json"
        if loaded.catalog is None:
            found = loaded.diagnostics
            said = report.as_json(found) if wants_json else report.as_text(found, loaded.sources)
            print(said, file=house.out)
            return WRONG_INPUT
        with _packs.look_at_database(house) as database:
            applied = _plans.applied_catalog(database, house, loaded.catalog)
            with database.read() as connection:
                plan = make_plan(connection, loaded.catalog, house.types, database.schema, applied=applied)
            changes = _plans.changes_for_people(applied, loaded.catalog, plan, database, house)
        print(
            as_json(plan, changes) if wants_json else as_text(plan, loaded.sources, changes), file=house.out
        )
        if plan.refusals:
            return REFUSED
        if arguments.output is not None:
            _seal(plan, changes, loaded, arguments.output)
            if not wants_json:
                print(f"\nSealed in {arguments.output}: trellis apply {arguments.output}", file=house.out)
        return DONE


def _seal(plan: "Plan", changes: "Changes", loaded: "Loaded", path: Path) -> None:
    from runtime.change.report import report
    from runtime.change.sealed import sealed

    who = _asking.whoever_this_is()
    text = sealed(plan, report(plan, changes), loaded.layers, SystemClock().now(), who)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from None
