"""``trellis upgrade-check``: what a new version of the standard pack would break, customer by customer."""

import json
import os
import resource
import subprocess
import sys
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtime.cli._trying import read_suite, try_cases
from runtime.cli.base import DONE, WRONG_INPUT, Command, CommandError, House

if TYPE_CHECKING:
    from runtime.change.upgrade import Tested
    from runtime.language.load import Loaded

Row = Mapping[str, Any]


class UpgradeCheckCommand(Command):
    """Checks, plans and tests each customer's pack on a candidate for the standard pack, each in a process of
    its own: one that is broken, slow or greedy does not hold up the others.
    """

    help = "try a new version of the standard pack on customers' packs"

    def configure(self, parser: ArgumentParser) -> None:
        """The customers, the candidate, and the bounds."""
        parser.add_argument(
            "--customers",
            nargs="+",
            type=Path,
            metavar="DIR",
            help="folders of packs, or folders that have such",
        )
        parser.add_argument(
            "--standard",
            type=Path,
            metavar="DIR",
            help="the candidate for the standard pack (the program's own)",
        )
        parser.add_argument(
            "--present", type=Path, metavar="DIR", help="the standard pack of now (the program's own)"
        )
        parser.add_argument(
            "--database",
            action="append",
            default=[],
            metavar="NAME=URL[#SCHEMA]",
            help="a customer's own database, which is only read; else a fresh one is used",
        )
        parser.add_argument(
            "--packs",
            type=Path,
            action="append",
            default=[],
            metavar="DIR",
            help="a folder to look for packs in",
        )
        parser.add_argument(
            "--format", choices=("text", "json"), default="text", help="the form of the table"
        )
        parser.add_argument(
            "--seconds", type=float, default=120, metavar="N", help="the longest a customer may take (120)"
        )
        parser.add_argument(
            "--mib", type=int, default=2048, metavar="N", help="the most memory a customer may take (2048)"
        )
        parser.add_argument(
            "--jobs", type=int, default=min(4, os.cpu_count() or 1), metavar="N", help="how many at one time"
        )
        parser.add_argument("--one", type=Path, help=SUPPRESS)

    def run(self, arguments: Namespace, house: House) -> int:
        """Print the table; 1 when anything breaks."""
        if arguments.one is not None:
            return _one(arguments, house)
        if not arguments.customers:
            raise CommandError("Name the customers: trellis upgrade-check --customers DIR…", 2)
        for folder in (arguments.standard, arguments.present):
            if folder is not None and not (folder / "pack.yaml").is_file():
                raise CommandError(f"{folder} is no pack: it has no pack.yaml.")
        packs = list(_packs(arguments.customers))
        with ThreadPoolExecutor(max(1, arguments.jobs)) as pool:
            rows = list(pool.map(lambda pack: _in_its_process(pack, arguments), packs))
        print(_as_json(rows) if arguments.format == "json" else _as_text(rows), file=house.out)
        return WRONG_INPUT if any(_is_broken(row) for row in rows) else DONE


def _packs(folders: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for folder in folders:
        if (folder / "pack.yaml").is_file():
            found.append(folder)
        else:
            inside = sorted(each.parent for each in folder.glob("*/pack.yaml"))
            if not inside:
                raise CommandError(f"There is no pack in {folder}.")
            found += inside
    return found


def _in_its_process(pack: Path, arguments: Namespace) -> Row:
    words = [sys.executable, "-m", "runtime", "upgrade-check", "--one", str(pack.resolve())]
    words += ["--mib", str(arguments.mib)]
    for name in ("standard", "present"):
        if (folder := getattr(arguments, name)) is not None:
            words += [f"--{name}", str(folder.resolve())]
    for folder in arguments.packs:
        words += ["--packs", str(folder.resolve())]
    environment = dict(os.environ)
    if (address := _address(pack.name, arguments.database)) is not None:
        environment["TRELLIS_UPGRADE_DATABASE"] = address  # not in the process list, for it has a password
    try:
        done = subprocess.run(
            words, capture_output=True, timeout=arguments.seconds, env=environment, check=False
        )
        row: Row = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return _failed(pack, f"it took longer than {arguments.seconds:g} seconds")
    except ValueError:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return _failed(pack, said[-1][:300] if said else f"it ended with {done.returncode}")
    return {"customer": pack.name, **row}


def _address(name: str, databases: Sequence[str]) -> str | None:
    for each in databases:
        customer, equals, address = each.partition("=")
        if not equals:
            raise CommandError(f"--database {each} is not NAME=URL.", 2)
        if customer == name:
            return address
    return None


def _failed(pack: Path, why: str) -> Row:
    wrong = {"code": "", "message": why, "help": "", "file": "pack.yaml", "line": 1, "column": 1}
    return {
        "customer": pack.name,
        "check": "failed",
        "plan": "-",
        "tests": "-",
        "tests_now": "-",
        "breaks": [wrong],
        "was_broken": [],
    }


def _one(arguments: Namespace, house: House) -> int:
    """One customer, in this process, within its memory."""
    from runtime.change.upgrade import Registries, try_upgrade
    from runtime.storage.errors import StorageError

    limit = arguments.mib << 20
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    address = os.environ.get("TRELLIS_UPGRADE_DATABASE")
    url, _, schema = (address or "").partition("#")
    try:
        trial = try_upgrade(
            arguments.one,
            arguments.standard,
            Registries(house.types, house.checks, house.language),
            present=arguments.present,
            packs=tuple(arguments.packs),
            database=(url, schema or "public") if address else None,
            try_tests=lambda pack, loaded: _tested(pack, loaded, house),
        )
    except StorageError as error:
        raise CommandError(str(error)) from None
    except MemoryError:
        raise CommandError(f"it takes more memory than {arguments.mib} MiB") from None
    print(json.dumps(trial.to_json()), file=house.out)
    return DONE


def _tested(pack: Path, loaded: "Loaded", house: House) -> "Tested":
    """The tests of a pack's folder; those that cannot be read are not tried."""
    from runtime.change.upgrade import Tested
    from runtime.trials.verdict import diagnostics

    suite = read_suite(pack, loaded, house)
    if suite is None:
        return Tested()
    wrong = tuple(one for one in suite.diagnostics if one.is_error)
    if wrong:
        return Tested(0, len(suite.cases), wrong)
    verdicts = try_cases(loaded, suite.cases, house).verdicts
    return Tested(sum(each.passed for each in verdicts), len(verdicts), tuple(diagnostics(verdicts)))


def _is_broken(row: Row) -> bool:
    return bool(row["breaks"] or row["was_broken"])


def _as_json(rows: Sequence[Row]) -> str:
    broken = sum(_is_broken(row) for row in rows)
    return json.dumps({"broken": broken, "customers": rows}, indent=2, ensure_ascii=False)


def _as_text(rows: Sequence[Row]) -> str:
    heads = ("customer", "check", "plan", "tests", "")
    table = [heads, *(_cells(row) for row in rows)]
    widths = [max(len(row[place]) for row in table) for place in range(len(heads))]
    lines: list[str] = []
    for place, cells in enumerate(table):
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        lines.append("  ".join(padded).rstrip())
        if place:
            lines += _details(rows[place - 1])
    broken = sum(bool(row["breaks"]) for row in rows)
    before = sum(bool(row["was_broken"]) and not row["breaks"] for row in rows)
    said = (
        f"{len(rows)} customers: the upgrade breaks {broken}"
        if broken
        else f"{len(rows)} customers: it breaks none"
    )
    return "\n".join([*lines, f"{said}{f', and {before} were broken before' if before else ''}."])


def _cells(row: Row) -> tuple[str, ...]:
    state = "fits" if row.get("stands_on_it", True) else "does not stand on the standard pack"
    state = "breaks" if row["breaks"] else "was broken before" if row["was_broken"] else state
    return (row["customer"], row["check"], row["plan"], row["tests"], state)


def _details(row: Row) -> list[str]:
    lines: list[str] = []
    for name in ("breaks", "was_broken"):
        for one in row[name]:
            place = f"{row['customer']}/{one['file']}:{one['line']}:{one['column']}"
            lines.append(f"    {place} {one['code']} {one['message']}".rstrip())
            if one["help"] and name == "breaks":
                lines.append(f"        {one['help']}")
    return lines
