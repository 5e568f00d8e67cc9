"""``trellis backtest``: how often a workflow would have run lately."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from runtime.cli.base import DONE, Command, CommandError, House

if TYPE_CHECKING:
    from runtime.sites.site import Site

INTERRUPTED = 130
"""The exit code of what Ctrl-C has ended."""


class BacktestCommand(Command):
    """Tells the change log again and asks a workflow of each change; nothing is changed or sent. It says how
    often it would have run, for how many records, whom it would have written to, and what it cannot know.
    """

    help = "tell how often a workflow would have run"

    def configure(self, parser: ArgumentParser) -> None:
        """The workflow, how far back, and in which form it is said."""
        parser.add_argument("workflow", metavar="WORKFLOW", help="the key of the workflow")
        parser.add_argument("--days", type=int, default=90, metavar="N", help="how far back (default: 90)")
        parser.add_argument("--format", choices=("text", "json"), default="text", help="text or JSON")

    def run(self, arguments: Namespace, house: House) -> int:
        """Do it as a worker would, and say what was found."""
        site = house.open_site(None)
        try:
            result = _result(arguments, house, site)
        finally:
            site.close()
        if arguments.format == "json":
            import json

            print(json.dumps(_told(result), indent=2), file=house.out)
        else:
            _print(result, house)
        return DONE


def _result(arguments: Namespace, house: House, site: "Site") -> dict[str, Any]:
    from runtime.automation.operations.back_test import KIND, LONGEST
    from runtime.base.messages import from_json
    from runtime.cli._foreground import work_off
    from runtime.identity.actor import SYSTEM

    if arguments.workflow not in site.live.catalog.workflows:
        raise CommandError(f'There is no workflow "{arguments.workflow}".')
    if not 0 < arguments.days <= LONGEST:
        raise CommandError(f"--days is a number from 1 to {LONGEST}.")
    asked = {"workflow": arguments.workflow, "days": arguments.days}
    with site.database.write() as tx:
        number = site.background.start(tx, KIND, asked, SYSTEM, arguments.workflow)
    operation = work_off(house, site, number, "backtest")
    if operation.is_open:
        raise CommandError("Interrupted. The same command begins it again.", INTERRUPTED)
    if operation.error is not None:
        raise CommandError(str(from_json(operation.error)))
    return dict(operation.result or {})


def _told(result: dict[str, Any]) -> dict[str, Any]:
    """The result with its sentences written out."""
    from runtime.base.messages import from_json

    said = [str(from_json(each)) for each in result.get("limits", ())]
    return {**result, "text": str(from_json(result["text"])) if "text" in result else "", "limits": said}


def _print(result: dict[str, Any], house: House) -> None:
    told = _told(result)
    print(told["text"] or "It was cancelled.", file=house.out)
    for each in told.get("examples", ()):
        letters = f", mails {', '.join(each['letters'])}" if each["letters"] else ""
        print(f"  {each['at']}  record {each['record']}  {each['what']}{letters}", file=house.out)
    for limit in told["limits"]:
        print(f"- {limit}", file=house.err)
