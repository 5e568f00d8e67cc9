"""``trellis test``: what a configuration says that it does is tried, offline."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from runtime.cli import _packs
from runtime.cli._trying import Tried, read_suite, try_cases
from runtime.cli.base import DONE, WRONG_INPUT, Command, CommandError, House

if TYPE_CHECKING:
    from runtime.language.load import Loaded
    from runtime.language.suites import Suite

EXAMPLE = "M165"
"""The code of an example that gives something else."""
DATABASE = "TRELLIS_TEST_DATABASE"
"""Where the address of the database to test on may stand."""


class TestCommand(Command):
    """Tries a pack's tests, on a database of its own, and the examples of its formulas, which are tried
    whenever a pack is loaded.
    """

    help = "try the tests of a pack, and the examples of its formulas"

    def configure(self, parser: ArgumentParser) -> None:
        """The pack, which tests, where, and the form of the report."""
        _packs.configure(parser)
        parser.add_argument("-k", metavar="TEXT", default="", help="only tests whose name or file has this")
        parser.add_argument(
            "--database",
            metavar="URL",
            help=f"try them there, in a schema of its own on PostgreSQL ({DATABASE}; else a file of SQLite)",
        )
        parser.add_argument("--format", choices=("text", "json", "junit"), default="text", help="the report")
        parser.add_argument("--coverage", action="store_true", help="say what no test has exercised")

    def run(self, arguments: Namespace, house: House) -> int:
        """Say what failed and how many there are; 1 when one failed, or the pack has errors."""
        from runtime.language.report import as_text

        loaded = _packs.load_pack(arguments, house)
        suite = read_suite(arguments.pack, loaded, house)
        wrong = [one for one in loaded.diagnostics if one.is_error and one.code != EXAMPLE]
        found = [*(wrong), *(suite.diagnostics if suite is not None else ())]
        failed = [one for one in loaded.diagnostics if one.code == EXAMPLE]
        sources = {**loaded.sources, **(suite.sources if suite is not None else {})}
        if any(one.is_error for one in found):
            print(as_text((*failed, *found), sources), end="\n\n", file=house.out)
            print("The pack has errors; nothing was tried.", file=house.out)
            return WRONG_INPUT
        tried = _try(arguments, loaded, suite, house)
        if arguments.format == "text" and failed:
            print(as_text(failed, sources), end="\n\n", file=house.out)
        passed = loaded.examples - len(failed)
        print(_report(arguments.format, tried, (passed, loaded.examples), sources), file=house.out)
        is_wrong = failed or any(not each.passed for each in tried.verdicts)
        return WRONG_INPUT if is_wrong else DONE


def _try(arguments: Namespace, loaded: "Loaded", suite: "Suite | None", house: House) -> Tried:
    cases = suite.cases if suite is not None and not loaded.has_errors else ()
    wanted = [each for each in cases if arguments.k in f"{each.span.file}: {each.name}"]
    if arguments.k and not wanted:
        raise CommandError(f'No test has "{arguments.k}" in its name.')
    address = arguments.database or os.environ.get(DATABASE) or None
    if address is not None and address.startswith("sqlite"):
        address = None
    return try_cases(loaded, wanted, house, address=address, coverage=arguments.coverage)


def _report(form: str, tried: Tried, examples: tuple[int, int], sources: dict[str, str]) -> str:
    from runtime.trials import coverage
    from runtime.trials.verdict import in_json, in_junit, in_text

    covered = list(tried.covered)
    if form == "json":
        return in_json(tried.verdicts, examples, coverage.in_json(covered) if covered else None)
    if form == "junit":
        return in_junit(tried.verdicts)
    lines = [in_text(tried.verdicts, sources)] if any(not each.passed for each in tried.verdicts) else []
    if covered:
        lines.append(coverage.in_text(covered))
    return "\n\n".join([*lines, _counted(tried, examples)])


def _counted(tried: Tried, examples: tuple[int, int]) -> str:
    passed, seconds = (
        sum(each.passed for each in tried.verdicts),
        sum(each.seconds for each in tried.verdicts),
    )
    told: Sequence[str] = (
        f"{passed} of {len(tried.verdicts)} tests passed in {seconds:.1f} s",
        f"{examples[0]} of {examples[1]} examples passed",
    )
    return "\n".join(told if tried.verdicts else told[1:])
