"""``trellis import``: the rows of a CSV file or a spreadsheet, into the records of a module."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from runtime.base.suggest import did_you_mean
from runtime.cli.base import DONE, WRONG_INPUT, Command, CommandError, House

if TYPE_CHECKING:
    from runtime.base.diagnostic import Diagnostic
    from runtime.records.csv_file import CsvFile
    from runtime.records.import_map import ImportMap
    from runtime.records.importing import BadRow, Summary
    from runtime.records.plan import ModulePlan
    from runtime.sites.site import Site


class ImportCommand(Command):
    """Imports a file; the good rows go in, the others into a file beside it, with the reasons."""

    help = "import the rows of a CSV file or a spreadsheet into a module"

    def configure(self, parser: ArgumentParser) -> None:
        """The module, the file, its map, and whether anything is to be kept."""
        parser.add_argument("module", metavar="MODULE", help="the key of the module")
        parser.add_argument(
            "file", type=Path, metavar="FILE", help="CSV, XLSX or ODS; its first line names the columns"
        )
        parser.add_argument(
            "--map",
            type=Path,
            metavar="MAP",
            help="a YAML file: which column goes where; left out, one is proposed by the columns' names",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would come of it, and change nothing"
        )

    def run(self, arguments: Namespace, house: House) -> int:
        """Import; 1 when a row was refused, or when nothing could be imported."""
        import gc

        site = house.open_site(None)
        gc.freeze()  # what the site is made of is no garbage, and what a batch is made of goes by itself
        gc.set_threshold(1_000_000, 20, 50)
        try:
            return _import(arguments, house, site)
        finally:
            site.close()


def _import(arguments: Namespace, house: House, site: "Site") -> int:
    from runtime.records.csv_file import UnreadableFileError
    from runtime.records.table_file import open_table

    plan = site.live.writer.plans.get(arguments.module)
    if plan is None:
        hint = did_you_mean(arguments.module, site.live.catalog.modules)
        raise CommandError(f'There is no module "{arguments.module}"{f"; {hint}" if hint else "."}')
    columns, text = (None, "") if arguments.map is None else _read_map(arguments.map, house, site, plan)
    told = (columns.encoding, columns.delimiter) if columns else (None, None)
    try:
        with open_table(arguments.file, encoding=told[0], delimiter=told[1]) as file:
            if columns is None:
                columns = _proposed(house, site, file, plan)
            missing = columns.missing(file.header)
            if missing:
                _complain(house, missing, arguments.map, text)
                raise CommandError("The map does not fit the file; nothing was imported.")
            return _run(arguments, house, site, file, plan, columns)
    except UnreadableFileError as error:
        raise CommandError(str(error)) from None


def _proposed(house: House, site: "Site", file: "CsvFile", plan: "ModulePlan") -> "ImportMap":
    from runtime.records.import_map_text import map_text
    from runtime.records.import_proposal import first_rows, propose

    made = propose(file.header, first_rows(file), site.live.writer.plans, plan)
    if not made.map.columns:
        raise CommandError(f"{file.name} has no column that is called like a field: write a map.")
    print(f"The map, by the names of the columns:\n{map_text(made.map)}", file=house.err)
    return made.map


def _run(
    arguments: Namespace,
    house: House,
    site: "Site",
    file: "CsvFile",
    plan: "ModulePlan",
    columns: "ImportMap",
) -> int:
    from functools import partial

    from runtime.identity.actor import SYSTEM
    from runtime.records.dry_run import undone
    from runtime.records.importing import Import

    live, actor = site.live, SYSTEM.through("import")
    write = (
        partial(undone, site.database) if arguments.dry_run else partial(site.database.write, at_once=False)
    )
    task = Import(
        live.writer, write, plan, columns, actor, live.parsing(actor, "import"), dry=arguments.dry_run
    )
    with _BadRows(file, arguments.file) as bad, _progress(house.err, file) as progress:
        summary = task.run(file, bad.write, progress)
    if not arguments.dry_run:
        site.database.settle()
        if summary.created + summary.updated > 10_000:
            site.database.optimize(plan.table.table.name)
    said = (
        f"created {summary.created}, updated {summary.updated},"
        f" unchanged {summary.unchanged}, refused {summary.refused}"
    )
    print(f"{said} (dry run: nothing was changed)" if arguments.dry_run else said, file=house.out)
    if summary.refused:
        print(f"The refused rows are in {bad.path}, with the reasons.", file=house.err)
    return WRONG_INPUT if summary.refused else DONE


def _read_map(path: Path, house: House, site: "Site", plan: "ModulePlan") -> "tuple[ImportMap, str]":
    from runtime.language.read import decode
    from runtime.language.source import Source
    from runtime.records.import_map import read_map

    try:
        content = path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
    text, found = decode(str(path), content)
    made = None
    if not found:
        made, found = read_map(Source(str(path), text), site.live.writer.plans, plan)
    if made is None:
        _complain(house, found, path, text)
        raise CommandError("The map has errors; nothing was imported.")
    return made, text


def _complain(house: House, found: "list[Diagnostic]", path: Path, text: str) -> None:
    from runtime.language.report import as_text

    print(as_text(found, {str(path): text}), file=house.err)


class _BadRows:
    """The file of refused rows, made with the first of them; what an earlier import left is taken away."""

    def __init__(self, file: "CsvFile", place: Path) -> None:
        from runtime.records.error_file import ErrorFile

        self.path = place.with_name(f"{place.name}.errors.csv")
        self._file = ErrorFile(file.header)
        self._stream: TextIO | None = None

    def __enter__(self) -> "_BadRows":
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._stream.close()

    def write(self, row: "BadRow") -> None:
        """Add a row: its line, the columns that are wrong, why, and its cells as they were."""
        from runtime.records.error_file import ENCODING

        if self._stream is None:
            self._stream = self.path.open("w", encoding=ENCODING, newline="")
            self._file.begin(self._stream)
        self._file.write(self._stream, row)


@contextmanager
def _progress(stream: TextIO, file: "CsvFile") -> "Iterator[Callable[[int, Summary], None]]":
    if not stream.isatty() or stream is not sys.stderr:
        yield lambda _read, _summary: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rows]} rows"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task(file.name, total=max(1, file.size), rows=0)

        def show(read: int, summary: "Summary") -> None:
            rows = summary.created + summary.updated + summary.unchanged + summary.refused
            bar.update(task, completed=read, rows=f"{rows:,}")

        yield show
