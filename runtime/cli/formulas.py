"""``trellis formulas run``: the formulas of a module, over the records that are there."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from runtime.cli.base import DONE, WRONG_INPUT, Command, CommandError, House

if TYPE_CHECKING:
    from runtime.sites.site import Site
    from runtime.storage.operations import StoredOperation

INTERRUPTED = 130
"""The exit code of what Ctrl-C has ended."""
KIND = "run_formulas"


class FormulasCommand(Command):
    """Runs formulas in the background work, so that a run that was interrupted goes on, and can be undone."""

    help = "run a module's formulas over its records"

    def configure(self, parser: ArgumentParser) -> None:
        """What to do, the module, which of its records, and which formulas besides."""
        actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
        run = actions.add_parser("run", help="save every record as it stands, so that its formulas run")
        run.add_argument("module", metavar="MODULE", help="the key of the module")
        run.add_argument("--where", default="", metavar="EXPR", help="a condition: only these records")
        run.add_argument(
            "--only",
            default="",
            metavar="FORMULAS",
            help="keys of formulas, with commas between: those run whatever their moments are",
        )

    def run(self, arguments: Namespace, house: House) -> int:
        """Run them; 1 when a record was refused."""
        site = house.open_site(None)
        try:
            return _run(arguments, house, site)
        finally:
            site.close()


def _run(arguments: Namespace, house: House, site: "Site") -> int:
    from runtime.base.messages import from_json
    from runtime.cli._foreground import work_off
    from runtime.storage.operations import CANCELLED

    operation = work_off(house, site, _started(site, _asked(arguments, site)), "formulas")
    if operation.is_open:
        raise CommandError("Interrupted. The same command goes on from here.", INTERRUPTED)
    if operation.error is not None:
        raise CommandError(str(from_json(operation.error)))
    told = from_json(operation.text) if operation.text else "nothing to do"
    cancelled = " before it was cancelled" if operation.state == CANCELLED else ""
    print(f"{told}{cancelled}", file=house.out)
    _tell_more(operation, house)
    refused = (operation.result or {}).get("counts", {}).get("refused", 0)
    return WRONG_INPUT if refused else DONE


def _tell_more(operation: "StoredOperation", house: House) -> None:
    files = (operation.result or {}).get("files", {})
    page = f"/operations/{operation.id}"
    if files:
        print(f"The refused records and the reasons are on the page {page}.", file=house.err)
    print(f"The page {page} takes it back.", file=house.err)


def _asked(arguments: Namespace, site: "Site") -> dict[str, Any]:
    """What is asked for, once it is known to make sense."""
    from runtime.records.formula_run import FormulaRun, NotRunError
    from runtime.sites.live import ConditionError

    only = [part.strip() for part in arguments.only.split(",") if part.strip()]
    try:
        FormulaRun.of(site.live, arguments.module, arguments.where, only)
    except (NotRunError, ConditionError) as error:
        raise CommandError(str(error)) from None
    return {"module": arguments.module, "where": arguments.where, "only": only}


def _started(site: "Site", asked: dict[str, Any]) -> int:
    """The operation's id: a new one, or the one that an earlier command was interrupted in."""
    from runtime.identity.actor import SYSTEM

    with site.database.write() as tx:
        operations = site.background.operations
        waiting = operations.open_one(tx.connection, KIND)
        found = operations.find(tx.connection, waiting) if waiting is not None else None
        if found is not None and dict(found.arguments) == asked:
            return found.id
        about = site.live.catalog.modules[asked["module"]].plural
        language = site.live.catalog.languages[0]
        return site.background.start(tx, KIND, asked, SYSTEM, about.in_language(language))
