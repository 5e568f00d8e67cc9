"""``trellis plan``: what applying a pack would do to the database, without doing it."""

from argparse import ArgumentParser, Namespace

from runtime.cli import _packs
from runtime.cli.base import DONE, REFUSED, WRONG_INPUT, Command, House


class PlanCommand(Command):
    """Compares a pack with the applied revision and the database."""

    help = "show what applying a pack would do to the database"

    def configure(self, parser: ArgumentParser) -> None:
        """The pack, and the form of the plan."""
        _packs.configure(parser)
        parser.add_argument("--format", choices=("text", "json"), default="text", help="the form of the plan")

    def run(self, arguments: Namespace, house: House) -> int:
        """Print the plan; 1 when the pack has errors, 3 when the data does not allow it."""
        from runtime.change.plan import make_plan
        from runtime.change.report import as_json, as_text
        from runtime.language import report

        loaded = _packs.load_pack(arguments, house)
        wants_json = arguments.format == "json"
        if loaded.catalog is None:
            found = loaded.diagnostics
            said = report.as_json(found) if wants_json else report.as_text(found, loaded.sources)
            print(said, file=house.out)
            return WRONG_INPUT
        with _packs.open_database(house) as database, database.read() as connection:
            plan = make_plan(connection, loaded.catalog, house.types, database.schema)
        print(as_json(plan) if wants_json else as_text(plan, loaded.sources), file=house.out)
        return REFUSED if plan.refusals else DONE
