"""``trellis export``: the records of a module, into a CSV, XLSX or JSON file."""

import sys
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from runtime.cli.base import DONE, Command, CommandError, House

if TYPE_CHECKING:
    from runtime.records.export_asked import ExportAsked
    from runtime.sites.site import Site

STANDARD_OUTPUT = "-"
FORMATS = ("csv", "xlsx", "json", "jsonl")


class ExportCommand(Command):
    """Exports a filter's records, those of a condition, or all; the file is whole or it is not there."""

    help = "export the records of a module into a file"

    def configure(self, parser: ArgumentParser) -> None:
        """The module, the file, which records, what of them, and how it is worded."""
        parser.add_argument("module", metavar="MODULE", help="the key of the module")
        parser.add_argument("file", metavar="FILE", help="its ending names the format; - is standard output")
        parser.add_argument(
            "--filter", default="", metavar="KEY", help="a saved filter: its records and columns"
        )
        parser.add_argument("--where", action="append", default=[], metavar="EXPR", help="a condition")
        parser.add_argument("--search", default="", metavar="TEXT", help="words that must be found")
        parser.add_argument("--sort", default="", metavar="KEYS", help="such as -amount,name")
        parser.add_argument(
            "--columns",
            default="",
            metavar="PATHS",
            help="such as name,account.industry; every field if left out",
        )
        parser.add_argument("--format", choices=FORMATS, help="where the file's ending does not say it")
        parser.add_argument(
            "--keys", action="store_true", help="keys and ids, for machines, instead of labels and titles"
        )
        parser.add_argument(
            "--ids", action="store_true", help="a column for the id of each related record too"
        )
        parser.add_argument("--language", metavar="CODE", help="the language of the labels")

    def run(self, arguments: Namespace, house: House) -> int:
        """Export; 1 when something that was asked for is not there."""
        site = house.open_site(None)
        try:
            return _export(arguments, house, site)
        finally:
            site.close()


def _export(arguments: Namespace, house: House, site: "Site") -> int:
    from runtime.identity.actor import SYSTEM
    from runtime.records.export_noted import note_export
    from runtime.records.exporting import NotExportedError
    from runtime.sites.live import ConditionError, PathError

    asked = _asked(arguments)
    actor = replace(SYSTEM, language=arguments.language or site.live.catalog.languages[0])
    try:
        export = asked.open(site.live, site.database.read, actor)
    except (NotExportedError, ConditionError) as error:
        raise CommandError(str(error)) from None
    except PathError as error:
        raise CommandError(str(error.reason)) from None
    note_export(site.database.write, site.clock.now(), actor.through("cli"), asked)
    records = 0

    def progress(more: int) -> None:
        nonlocal records
        records += more

    pieces = asked.file_format.pieces(export, progress)
    if arguments.file == STANDARD_OUTPUT:
        for piece in pieces:
            _standard_output().write(piece)
        _standard_output().flush()
        return DONE
    place = Path(arguments.file)
    growing = place.with_name(f".{place.name}.growing")
    try:
        with growing.open("wb") as file:
            for piece in pieces:
                file.write(piece)
        growing.replace(place)
    except OSError as error:
        raise CommandError(f"{place} cannot be written: {error.strerror}.") from None
    finally:
        growing.unlink(missing_ok=True)
    print(f"exported {records} records into {place}", file=house.out)
    return DONE


def _asked(arguments: Namespace) -> "ExportAsked":
    from runtime.records.export_asked import ExportAsked

    ending = Path(arguments.file).suffix[1:].lower()
    if arguments.format is None and ending not in FORMATS:
        raise CommandError(f"Say in --format what the file is to be: {', '.join(FORMATS)}.", 2)
    return ExportAsked(
        module=arguments.module,
        format=arguments.format or ending,
        filter=arguments.filter,
        where=tuple(arguments.where),
        search=arguments.search,
        sort=arguments.sort,
        columns=tuple(part.strip() for part in arguments.columns.split(",") if part.strip()),
        keys=arguments.keys,
        ids=arguments.ids,
    )


def _standard_output() -> BinaryIO:
    return sys.stdout.buffer
