"""``trellis backtest``: how often a workflow would have run lately."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from runtime.cli.base import DONE, Command, CommandError, House

if TYPE_CHECKING:
    from runtime.automation.past_runs import Found
    from runtime.model.workflow import Workflow
    from runtime.sites.site import Site

Meanwhile = Callable[[int, int, "Found"], None]


class BacktestCommand(Command):
    """Tells the change log again and asks a workflow of each change; nothing is written or sent. It says how
    often it would have run, for how many records, whom it would have written to, and what it cannot know.
    """

    help = "tell how often a workflow would have run"

    def configure(self, parser: ArgumentParser) -> None:
        """The workflow, how far back, and in which form it is said."""
        parser.add_argument("workflow", metavar="WORKFLOW", help="the key of the workflow")
        parser.add_argument("--days", type=int, default=90, metavar="N", help="how far back (default: 90)")
        parser.add_argument("--format", choices=("text", "json"), default="text", help="text or JSON")

    def run(self, arguments: Namespace, house: House) -> int:
        """Read the log, and say what was found."""
        site = house.open_site(None)
        try:
            workflow = _asked(arguments, site)
            with _bar(house) as meanwhile:
                told = _told(site, workflow, arguments.days, meanwhile)
        finally:
            site.close()
        if arguments.format == "json":
            import json

            print(json.dumps(told, indent=2, ensure_ascii=False), file=house.out)
        else:
            _print(told, house)
        return DONE


def _asked(arguments: Namespace, site: "Site") -> "Workflow":
    from runtime.automation.operations.back_test import LONGEST
    from runtime.base.suggest import did_you_mean

    workflows = site.live.catalog.workflows
    if arguments.workflow not in workflows:
        hint = did_you_mean(arguments.workflow, workflows)
        raise CommandError(f'There is no workflow "{arguments.workflow}"' + (f"; {hint}" if hint else "."))
    if not 0 < arguments.days <= LONGEST:
        raise CommandError(f"--days is a number from 1 to {LONGEST}.")
    return workflows[arguments.workflow]


def _told(site: "Site", workflow: "Workflow", days: int, meanwhile: Meanwhile) -> dict[str, Any]:
    """The result with its sentences written out, and what its records are called."""
    from runtime.automation.back_testing import back_test
    from runtime.automation.operations.back_test import result_of
    from runtime.automation.past_limits import limits
    from runtime.base.messages import from_json

    found = back_test(site, workflow, days, meanwhile)
    result = result_of(found, days, limits(site.live, workflow, found))
    ids = sorted({int(each["record"]) for each in result["examples"]})
    with site.database.read() as connection:
        titles = site.live.reader.titles(connection, workflow.module, ids) if ids else {}
    examples = [{**each, "title": titles.get(each["record"], "")} for each in result["examples"]]
    said = [str(from_json(each)) for each in result["limits"]]
    told = " ".join(str(from_json(each)) for each in (result["text"], result["written"]) if each)
    return {**result, "text": told, "examples": examples, "limits": said}


def _print(told: Mapping[str, Any], house: House) -> None:
    print(told["text"], file=house.out)
    if told["waiting"]:
        print(f"{told['waiting']} of the runs would not have begun yet.", file=house.out)
    if told["skipped"]:
        why = "because the condition held no more when they were to begin"
        print(f"{told['skipped']} more would have been left out, {why}.", file=house.out)
    if told["examples"]:
        print("\nThe latest of them:", file=house.out)
    for each in told["examples"]:
        letters = f", writes to {', '.join(each['letters'])}" if each["letters"] else ""
        name = f"{each['title']} ({each['record']})" if each["title"] else str(each["record"])
        print(f"  {each['at'][:16].replace('T', ' ')}  {each['what']}  {name}{letters}", file=house.out)
    if told["limits"]:
        print("\nWhat it cannot know:", file=house.out)
    for limit in told["limits"]:
        print(f"- {limit}", file=house.out)


@contextmanager
def _bar(house: House) -> Iterator[Meanwhile]:
    """Shows on a terminal how far it is."""
    if not house.err.isatty() or house.err is not sys.stderr:
        yield lambda _done, _total, _found: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from runtime.automation.operations.back_test import far

    columns = (BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=house.err), transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(done: int, total: int, found: "Found") -> None:
            bar.update(task, completed=done, total=max(1, total), description=str(far(found)))

        yield show
